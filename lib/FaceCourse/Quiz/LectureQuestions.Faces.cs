namespace FaceCourse.Quiz;

// Questions 1 to 5 and 14 to 18: face recognition, sections 1 to 5.
public static partial class LectureQuestions
{
    private static IEnumerable<Question> Faces() =>
    [
        Ask(1, 1, "Face verification compares a new picture with one person's. Face recognition compares it with K people's. Is that so?",
            "Verification answers “is this the person they claim to be?”, one comparison (1:1). Recognition answers “who is this?”, K comparisons (1:K). With K chances to be wrong, recognition needs a much better encoder.",
            Yes("Yes: verification is 1:1, recognition is 1:K.", "One claim, one comparison; no claim, K comparisons."),
            No("No: it is the other way round.", "A name is claimed in verification, so only that person is looked at. Recognition gets no name."),
            No("Both compare with all K people; verification only stops at the first match.", "A match with somebody else says nothing about the claim. Verification never looks at the others."),
            No("Both compare with one person; recognition only uses a larger network.", "The network can be the same. What differs is how many people the picture is compared with.")),

        Ask(2, 2, "Why is a similarity function d(img1, img2) learnt, rather than a softmax with one unit per person?",
            "d learns what makes two pictures one person, and that holds for people it never saw: one picture is enough to enrol somebody (one-shot learning), and nothing is retrained when people come or go.",
            No("It makes the softmax over all people train with fewer pictures.", "There is no softmax over people any more: d replaces it."),
            Yes("It generalises to people never trained on: one picture each, and no retraining.", "That is one-shot learning."),
            No("It guarantees that light, pose and age no longer matter.", "They still move an encoding; training only makes the movement small. Nothing is guaranteed."),
            No("It needs no training pictures at all.", "d has to be learnt as well, from many pictures of other people.")),

        Ask(3, 4, "You have 100,000 pictures of 100,000 different people, one each. Can you train an encoder with the triplet loss on them?",
            "An anchor needs a positive: another picture of the same person. With one picture each there is no pair (A, P), so there is no triplet. 10,000 pictures of 1,000 people would teach far more.",
            No("Yes: 100,000 pictures are more than enough.", "How many does not matter when none of them shares its person with another."),
            No("Yes, if the anchor itself serves as the positive.", "Then d(A, P) = 0 whatever the network does: nothing is learnt about what stays the same between two pictures."),
            Yes("No: nobody has a second picture, so no anchor has a positive.", "Without (A, P) pairs there are no triplets."),
            No("Only with a smaller margin α.", "α decides how far apart is enough. It cannot make a missing positive.")),

        Ask(4, 4, "Which is the triplet loss of an anchor A, a positive P and a negative N?",
            "It asks for ‖f(A) − f(P)‖² + α ≤ ‖f(A) − f(N)‖². What is already true costs nothing, hence the max with 0.",
            No("max(‖f(A) − f(N)‖² − ‖f(A) − f(P)‖² + α, 0)", "P and N are swapped: this would push one person's pictures apart."),
            No("max(‖f(A) − f(P)‖² − ‖f(A) − f(N)‖² − α, 0)", "With −α a positive could even be α farther away than a negative and cost nothing."),
            No("‖f(A) − f(P)‖² − ‖f(A) − f(N)‖² + α", "Without the max, triplets that are right already would still pull, and the loss would fall without end."),
            Yes("max(‖f(A) − f(P)‖² − ‖f(A) − f(N)‖² + α, 0)", "The positive must be nearer than the negative by at least α.")),

        Ask(5, 3, "A Siamese network is drawn as two networks. Do the two have different inputs but identical parameters?",
            "It is one encoder called twice. Only then do f(x⁽¹⁾) and f(x⁽²⁾) live in the same space, where a distance means something.",
            Yes("Yes: two inputs, one set of parameters.", "One encoder, called twice."),
            No("No: each branch learns parameters for its own input.", "Then the same picture would get two different encodings, and d(x, x) would not be 0."),
            No("They start identical and then drift apart in training.", "Every step changes the one set of parameters by the sum of both branches' gradients: nothing can drift apart."),
            No("They share parameters only in the last layer.", "All layers are shared; otherwise the encodings would not be comparable.")),

        Ask(14, 4, "When is the triplet loss large?",
            "L = max(d(A, P) − d(A, N) + α, 0) grows with d(A, P) and shrinks with d(A, N): it is largest when the same person is far away and another one near.",
            No("When d(A, P) is small and d(A, N) is large.", "That is the goal; there L = 0."),
            No("When d(A, P) and d(A, N) are both large.", "They cancel: what remains is about α."),
            Yes("When d(A, P) is large and d(A, N) is small.", "The same person far away, another one near: both are wrong."),
            No("When d(A, P) and d(A, N) are both small.", "They cancel: what remains is about α.")),

        Ask(15, 2, "A workgroup wants face recognition at its door. Members come and go. What do you build?",
            "A similarity function with one stored encoding per member: a newcomer is one more encoding, a leaver one fewer, and the network stays as it is.",
            No("A softmax classifier with one output per member, retrained at each change.", "It works until somebody comes: then the last layer has the wrong size, and all is trained again on few pictures."),
            Yes("A similarity function and the members' stored encodings.", "Add or remove an encoding; train nothing."),
            No("A softmax classifier with spare outputs for future members.", "A spare output has never seen a picture of its person: it still has to be trained, and one day there are too few."),
            No("One binary classifier for each member.", "Each newcomer needs a network, pictures and training of their own.")),

        Ask(16, 1, "Does recognition with K people in the database need K comparisons?",
            "The probe's encoding is compared with each of the K, and the nearest counts if it is within τ. An index can spare some of the arithmetic, never the question: each of the K may be the nearest.",
            No("No: one comparison is enough, as in verification.", "Verification knows whom to compare with. Here nobody has said a name."),
            Yes("Yes: one with each person; an index can spare some.", "Any of the K may be the nearest."),
            No("It needs K² comparisons.", "That would be everybody against everybody. Only the probe is compared."),
            No("It needs K runs of the network.", "The K encodings are stored: the network runs once, on the probe.")),

        Ask(17, 2, "For the workgroup's door: should the encoder be trained on pictures of the current members only?",
            "The encoder has to learn what separates people in general, so it is trained on many others. The members' pictures only give the encodings that are stored.",
            Yes("No: train on many other people; the members only give stored encodings.", "So it works for members of tomorrow too."),
            No("Yes: they are the only people it will meet.", "They are not: tomorrow's members and strangers come to the same door."),
            No("Yes, because pictures of others would blur what it knows of the members.", "The encoder does not know anybody by name; more people make it better at comparing."),
            No("Only if there are many pictures of each member.", "Many pictures of few people still teach it those few people, not how to compare new ones.")),

        Ask(18, 3, "A figure shows an upper and a lower network, each ending in an encoding of 128 numbers, and a distance between the two. Do the upper and the lower network share their parameters?",
            "Upper and lower are one network drawn twice. A change of one is a change of the other.",
            No("No: the upper one is for enrolled pictures, the lower one for new ones.", "An enrolled and a new picture must be treated alike, or d would measure the networks' difference."),
            Yes("Yes: they are the same network, with the same parameters.", "One network, drawn twice."),
            No("Only while training; afterwards each is fine-tuned for itself.", "Then the stored encodings and the new ones would no longer be comparable.")),
    ];
}

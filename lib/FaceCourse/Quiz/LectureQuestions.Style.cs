namespace FaceCourse.Quiz;

// Questions 6 to 13, 19 and 20: style transfer and convolutions, sections 6 to 11.
public static partial class LectureQuestions
{
    private static IEnumerable<Question> StyleAndConvolutions() =>
    [
        Ask(6, 7, "You look for a unit that answers to cats. Is it more likely found in layer 4 than in layer 1?",
            "A unit in layer 1 sees few pixels: an edge, a colour. Deeper units see larger pieces and put simple features together to textures, parts and things.",
            Yes("Yes: deeper layers answer to more complex things.", "A cat does not fit into the few pixels a unit of layer 1 sees."),
            No("No: layer 1 sees the original pixels, so nothing is lost yet.", "Nothing is lost, but nothing is put together either: it sees edges and colours."),
            No("Both are equally likely: each layer has cat units.", "A unit of layer 1 sees a few pixels only. No cat fits into them."),
            No("It depends on the learning rate only.", "What a unit can see is fixed by the architecture, by its receptive field.")),

        Ask(7, 6, "Is neural style transfer a supervised learning task: pictures in, labels out, weights learnt?",
            "There are no labels, no training set and no learning of weights. The network is trained already and stays frozen; one picture's pixels are optimised.",
            No("Yes: the style picture is the label of the content picture.", "No output is ever compared with the style picture pixel by pixel: only correlations inside the network are."),
            No("Yes: the network learns to paint from many pairs.", "There is one content picture and one style picture, and the network learns nothing."),
            Yes("No: nothing is labelled and no weight is learnt; pixels are optimised.", "It is an optimisation over the pixels of G."),
            No("Partly: only the last layer is trained.", "No layer is trained: all weights stay exactly as they are.")),

        Ask(8, 10, "What does the style matrix G[l] of layer l measure?",
            "Gₖₖ′ = Σᵢⱼ aᵢⱼₖ aᵢⱼₖ′ is large when channels k and k′ are active at the same places: it says which features occur together, and forgets where.",
            No("Where in the picture each channel is active.", "The sum runs over all places (i, j): where something was is exactly what is lost."),
            Yes("How the activations of the channels of layer l correlate.", "Gₖₖ′ sums the products of two channels over all places."),
            No("How far the activations of G and C are apart.", "That is the content cost."),
            No("How the weights of the filters of layer l correlate.", "It is computed from activations, and so changes with the picture while the weights stay.")),

        Ask(9, 8, "Style transfer, one step of gradient descent. What is changed?",
            "G := G − lr · ∂J/∂G. The picture G is what is optimised; content, style and network stay.",
            No("The weights of the network.", "They are frozen: the network only looks."),
            No("The pixels of the content picture C.", "C is the target of the content cost and stays."),
            No("The weights α and β of the two costs.", "You choose them before; they stay the same for all steps."),
            Yes("The pixels of the generated picture G.", "G := G − lr · ∂J/∂G.")),

        Ask(10, 11, "A volume of 32×32×32×16 (side, side, side, channels) meets 32 filters of 3×3×3, stride 1, no padding. What comes out?",
            "Each side: 32 − 3 + 1 = 30. Each filter reaches through all 16 channels and gives one channel: 32 filters, 32 channels.",
            No("30×30×30×16", "Channels come from the filters, one each, and there are 32 of them."),
            No("32×32×32×32", "Without padding, a filter of 3 fits only 30 times along a side of 32."),
            Yes("30×30×30×32", "32 − 3 + 1 = 30 on each side, one channel per filter."),
            No("30×30×30×512", "A filter sums over the 16 input channels; it does not give one output for each.")),

        Ask(11, 11, "A volume of 64×64×64×3 meets 16 filters of 4×4×4, stride 2, zero padding (none). What comes out?",
            "Each side: ⌊(64 − 4)/2⌋ + 1 = 31. If “zero padding” were a border of one zero, padding 1, it would be ⌊(64 + 2 − 4)/2⌋ + 1 = 32.",
            Yes("31×31×31×16", "⌊(64 + 2·0 − 4)/2⌋ + 1 = 31."),
            No("32×32×32×16", "That is padding 1, a border of one zero all around: ⌊(64 + 2 − 4)/2⌋ + 1 = 32. Here the padding is 0."),
            No("30×30×30×16", "(64 − 4)/2 = 30 is the number of moves; the first place counts too: + 1."),
            No("61×61×61×16", "64 − 4 + 1 = 61 is right for stride 1; with stride 2 the filter visits every other place."),
            No("31×31×31×3", "The output has as many channels as there are filters, not as the input had.")),

        Ask(12, 8, "Which gradients does style transfer need for its step?",
            "The step moves pixels, so it needs ∂J/∂G, of G's shape. It flows back through the frozen network, but stops at no weight.",
            No("Those of J with respect to the network's weights.", "No weight is changed, so nobody needs its gradient."),
            Yes("Those of J with respect to the pixels of G.", "∂J/∂G has exactly G's shape."),
            No("Those of J with respect to the pixels of C and S.", "C and S are given. Only G moves."),
            No("None: pixels are changed at random until J falls.", "With 200,000 pixels chance would take for ever; the gradient says for each pixel which way to go.")),

        Ask(13, 8, "Which two costs make up the cost J(G) of style transfer?",
            "J(G) = α · J_content(C, G) + β · J_style(S, G).",
            No("The cost of C and the cost of S.", "Both are compared with G: C and S alone have nothing to be far from."),
            No("The triplet loss and the content cost.", "The triplet loss belongs to faces: here are no anchors."),
            No("The squared pixel differences of G to C and of G to S.", "That would give the average of two pictures, one seen through the other. Both costs are taken inside the network."),
            Yes("The content cost and the style cost.", "α and β weigh one against the other.")),

        Ask(19, 6, "Style transfer optimises the pixels of a picture instead of the weights of a network. Is that so?",
            "Usually pictures are given and weights are searched. Here the weights are given and a picture is searched: the same gradients, followed to another end.",
            No("No: it trains a small network that paints.", "There are such fast methods, but the lecture's optimises the pixels of one picture directly."),
            No("Both: pixels first, then the weights are fine-tuned.", "The weights are the same, bit for bit, before and after."),
            Yes("Yes: the weights stay, the pixels move.", "The weights are given and the picture is searched."),
            No("Neither: the style matrix is what is optimised.", "The style matrix is computed from the pixels. It changes because they do.")),

        Ask(20, 10, "In a deep layer l, does the style matrix G[l] measure how strongly different features occur together?",
            "In deep layers each channel is a detector of something complex. Gₖₖ′ then says how often, say, curls and warm colours come together: that is style.",
            Yes("Yes: each entry says how two feature detectors fire together.", "Gₖₖ′ = Σᵢⱼ aᵢⱼₖ aᵢⱼₖ′."),
            No("No: deep style matrices only measure brightness.", "The diagonal says how strong each feature is; the rest is how they go together."),
            No("Only in layer 1: deep layers know things, and things have no style.", "Deep channels are feature detectors as well; their style matrices hold the coarse patterns of a style."),
            No("It measures whether a feature is at the same place in S and G.", "Places are summed away. That is why style can move freely over the picture.")),
    ];
}

namespace FaceCourse.Faces;

/// <summary>The k nearest different people seen so far, nearest first; equal distances are ordered by person.</summary>
internal sealed class NearestPeople(int most)
{
    private readonly int[] _people = new int[most];
    private readonly float[] _distances = new float[most];
    private int _count;

    /// <summary>k.</summary>
    public int Most => most;

    /// <summary>What a distance must be below (or equal to, to be looked at) to change anything.</summary>
    public float Worst => _count < most ? float.PositiveInfinity : _distances[^1];

    public void Offer(int person, float distance)
    {
        var place = _people.AsSpan(0, _count).IndexOf(person);
        if (place >= 0)
        {
            if (distance >= _distances[place]) return;
        }
        else if (_count < most)
        {
            place = _count++;
        }
        else if (Before(distance, person, most - 1))
        {
            place = most - 1;
        }
        else
        {
            return;
        }

        for (; place > 0 && Before(distance, person, place - 1); place--)
        {
            (_people[place], _distances[place]) = (_people[place - 1], _distances[place - 1]);
        }

        (_people[place], _distances[place]) = (person, distance);
    }

    public void Merge(NearestPeople other)
    {
        for (var i = 0; i < other._count; i++) Offer(other._people[i], other._distances[i]);
    }

    public (int Person, float Distance)[] ToArray() => [.. _people.Zip(_distances).Take(_count)];

    private bool Before(float distance, int person, int place) =>
        distance < _distances[place] || (distance == _distances[place] && person < _people[place]);
}

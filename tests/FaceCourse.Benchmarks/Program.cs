using System.Reflection;
using FaceCourse.Benchmarks;

// Each area is a class in Areas/ that implements IArea; `ratios` runs all of them, `ratios faces` one.
var areas = Assembly.GetExecutingAssembly().GetTypes()
    .Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IArea)))
    .Select(t => (IArea)Activator.CreateInstance(t)!)
    .OrderBy(a => a.Name, StringComparer.Ordinal)
    .ToList();

if (args is not ["ratios", ..])
{
    Console.Error.WriteLine("usage: dotnet run -c Release --project tests/FaceCourse.Benchmarks -- ratios [area]");
    Console.Error.WriteLine($"areas: {string.Join(", ", areas.Select(a => a.Name))}");
    return 2;
}

var wanted = areas.Where(a => args.Length < 2 ? !a.OnlyByName : a.Name == args[1]).ToList();
if (wanted.Count == 0)
{
    Console.Error.WriteLine($"there is no area '{args[1]}'; areas: {string.Join(", ", areas.Select(a => a.Name))}");
    return 2;
}

foreach (var area in wanted) await area.RunAsync(new Ratios(area.Name, Console.Out));
return 0;

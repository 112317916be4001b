using System.Text;

namespace FaceCourse.Faces;

/// <summary>Puts Latin letters and the combining accents behind them together, as Unicode's normal form C does.</summary>
/// <remarks>
/// .NET leaves this to ICU, which not every machine has, and does nothing without it. Vietnamese names carry two accents on
/// one letter, and file systems and keyboards differ in how they write them. Other scripts are left as they are.
/// </remarks>
internal static class LatinAccents
{
    /// <summary>Per combining accent: letter, letter with the accent, next letter, …</summary>
    private static readonly Dictionary<char, Dictionary<char, char>> Composed = new Dictionary<char, string>
    {
        ['\u0300'] = "AÀEÈIÌNǸOÒUÙWẀYỲaàeèiìnǹoòuùwẁyỳÂẦÊỀÔỒÜǛâầêềôồüǜĂẰăằĒḔēḕŌṐōṑƠỜơờƯỪưừ",
        ['\u0301'] = "AÁCĆEÉGǴIÍKḰLĹMḾNŃOÓPṔRŔSŚUÚWẂYÝZŹaácćeégǵiíkḱlĺmḿnńoópṕrŕsśuúwẃyýzźÂẤÅǺÆǼÇḈÊẾÏḮÔỐÕṌØǾÜǗâấåǻæǽçḉêếïḯôốõṍøǿüǘĂẮăắĒḖēḗŌṒōṓŨṸũṹƠỚơớƯỨưứ",
        ['\u0302'] = "AÂCĈEÊGĜHĤIÎJĴOÔSŜUÛWŴYŶZẐaâcĉeêgĝhĥiîjĵoôsŝuûwŵyŷzẑẠẬạậẸỆẹệỌỘọộ",
        ['\u0303'] = "AÃEẼIĨNÑOÕUŨVṼYỸaãeẽiĩnñoõuũvṽyỹÂẪÊỄÔỖâẫêễôỗĂẴăẵƠỠơỡƯỮưữ",
        ['\u0304'] = "AĀEĒGḠIĪOŌUŪYȲaāeēgḡiīoōuūyȳÄǞÆǢÕȬÖȪÜǕäǟæǣõȭöȫüǖǪǬǫǭȦǠȧǡȮȰȯȱḶḸḷḹṚṜṛṝ",
        ['\u0306'] = "AĂEĔGĞIĬOŎUŬaăeĕgğiĭoŏuŭȨḜȩḝẠẶạặ",
        ['\u0307'] = "AȦBḂCĊDḊEĖFḞGĠHḢIİMṀNṄOȮPṖRṘSṠTṪWẆXẊYẎZŻaȧbḃcċdḋeėfḟgġhḣmṁnṅoȯpṗrṙsṡtṫwẇxẋyẏzżŚṤśṥŠṦšṧſẛṢṨṣṩ",
        ['\u0308'] = "AÄEËHḦIÏOÖUÜWẄXẌYŸaäeëhḧiïoötẗuüwẅxẍyÿÕṎõṏŪṺūṻ",
        ['\u0309'] = "AẢEẺIỈOỎUỦYỶaảeẻiỉoỏuủyỷÂẨÊỂÔỔâẩêểôổĂẲăẳƠỞơởƯỬưử",
        ['\u030A'] = "AÅUŮaåuůwẘyẙ",
        ['\u030B'] = "OŐUŰoőuű",
        ['\u030C'] = "AǍCČDĎEĚGǦHȞIǏKǨLĽNŇOǑRŘSŠTŤUǓZŽaǎcčdďeěgǧhȟiǐjǰkǩlľnňoǒrřsštťuǔzžÜǙüǚƷǮʒǯ",
        ['\u030F'] = "AȀEȄIȈOȌRȐUȔaȁeȅiȉoȍrȑuȕ",
        ['\u0311'] = "AȂEȆIȊOȎRȒUȖaȃeȇiȋoȏrȓuȗ",
        ['\u031B'] = "OƠUƯoơuưÒỜÓỚÕỠÙỪÚỨòờóớõỡùừúứŨỮũữỌỢọợỎỞỏởỤỰụựỦỬủử",
        ['\u0323'] = "AẠBḄDḌEẸHḤIỊKḲLḶMṂNṆOỌRṚSṢTṬUỤVṾWẈYỴZẒaạbḅdḍeẹhḥiịkḳlḷmṃnṇoọrṛsṣtṭuụvṿwẉyỵzẓÂẬÊỆÔỘâậêệôộĂẶăặƠỢơợƯỰưựṠṨṡṩ",
        ['\u0324'] = "UṲuṳ",
        ['\u0325'] = "AḀaḁ",
        ['\u0326'] = "SȘTȚsștț",
        ['\u0327'] = "CÇDḐEȨGĢHḨKĶLĻNŅRŖSŞTŢcçdḑeȩgģhḩkķlļnņrŗsştţĆḈćḉĔḜĕḝ",
        ['\u0328'] = "AĄEĘIĮOǪUŲaąeęiįoǫuųŌǬōǭ",
        ['\u032D'] = "DḒEḘLḼNṊTṰUṶdḓeḙlḽnṋtṱuṷ",
        ['\u032E'] = "HḪhḫ",
        ['\u0330'] = "EḚIḬUṴeḛiḭuṵ",
        ['\u0331'] = "BḆDḎKḴLḺNṈRṞTṮZẔbḇdḏhẖkḵlḻnṉrṟtṯzẕ",
    }.ToDictionary(accent => accent.Key, accent => accent.Value.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]));

    public static string Compose(string text)
    {
        var composed = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (composed.Length > 0 && Composed.TryGetValue(c, out var letters) && letters.TryGetValue(composed[^1], out var letter)) composed[^1] = letter;
            else composed.Append(c);
        }

        return composed.ToString();
    }
}

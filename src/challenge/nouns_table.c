/* Rare and invented nouns in otherwise ordinary sentences: species, compounds, places, lots,
 * words of languages that do not exist, dynasties, stars.  s is a species or substance, g a
 * thing, t a place, k a people or language, p a person. */
#include "challenge/tables.h"

const pot_rule pot_nouns_rules[] = {
    POT_TEXTS("genre", "{species_open} {species_next}{@species_more}",
              "{lab_open} {lab_next}{@lab_more}", "{place_open} {place_next}{@place_more}",
              "{lot_open} {lot_next}{@lot_more}", "{gloss_open}{@gloss_more}",
              "{trade_open} {trade_next}{@trade_more}", "{king_open} {king_next}{@king_more}",
              "{star_open} {star_next}{@star_more}"),

    /* --- field notes on a species: s, t, p ------------------------------------------------------
     */
    POT_TEXTS("species_open",
              "{s=species}, the {adj} {g=creature} of {t=land}, was first drawn by {p=name} {name} "
              "in {1702-1988}.",
              "In {1702-1988}, {12-998} km from {t=land}, {p=name} {name} found {a adj} "
              "{g=creature} and called it {s=species}.",
              "The {g=creature} ({s=species}) sleeps in {place_word} near {t=land}; {p=name} "
              "{name} counted {12-998} of them.",
              "Only {12-998} of {12-98},{100-998} {g=creature}s in {t=land} are {s=species}, says "
              "{p=name} {name}."),
    POT_TEXTS("species_next",
              "It feeds on {fauna}s and {flora} leaves, {|mostly at night|at low tide|while it is "
              "young}, and {|hardly ever drinks|can fast for {12-90} days|stores the rest in {a "
              "flora} stem}.",
              "Its closest relative, {species}, {|has longer horns|lays {2-48} eggs|is blind|lives "
              "on {town} mud alone}, and the two {|are often confused|can be told apart by their "
              "{|call|smell|teeth}}.",
              "A grown {g} weighs {2-98} {|grams|kilograms} and {|is {colour} below|has {3-19} "
              "{|spines|gills|stripes}|sheds its {|skin|feathers} every {month}}, {|unlike the "
              "{fauna}|as {p} noted}."),
    POT_TEXTS(
        "species_more",
        " In the {k=people} language it is called {word} or {word}, which means \"{|stone "
        "eater|little uncle|night bell|bad cook|wet thumb}\".",
        " The {g} nests in the {flora} tree, {|rarely above {2-29} metres|beside the {fauna}|and "
        "defends it with a hiss}.",
        " {p} kept {a g} in a jar of {compound} and {|described|sold|pitied} it.",
        " Fossils of {species} from {spot} {|show the same jaw|are {2-90} million years old|were "
        "glued together by {person}}.",
        " Since the {matter} works at {spot} closed, {|the {g} has returned|{12-900} pairs have "
        "been seen|the {flora} grows again}.",
        " Do not confuse it with the {fauna}, {|whose bite is harmless|which has no tail|a much "
        "louder animal}.",
        " {^people} fishermen {|throw it back|salt it with {flora}|think it brings rain}.",
        " The drawing, plate {2-98} of the {^word} Atlas, {|is in {spot}|was lost in "
        "{1802-1944}|shows {a colour} crest}.",
        " Larvae of the {g} {|drift for {2-12} weeks|hide under {flora} bark|look like {a fauna}}.",
        " {person} {person} doubts that {species} exists, {|since no bones are known|but has never "
        "been to {t}|and offers {100-900} {coin.1} for one}.",
        " At {spot} {12-98} {g}s wear a ring with the code {code}."),

    /* --- laboratory notes: s a substance, p
       ------------------------------------------------------- */
    POT_TEXTS("lab_open",
              "{^compound} and {12-98} mg of {s=substance}, sample {code}, were heated by {p=name} "
              "{name} to {102-998} degrees.",
              "Sample {code}: {12-98}.{0-9} g of {s=substance}, {a adj} {|salt|resin|powder|oil} "
              "from {land}, dissolved in {compound} by {p=name} {name}.",
              "{p=name} {name} ({land}) mixed {102-998} ml of {compound} with {s=substance}, lot "
              "{code}, and waited {2-98} hours.",
              "{^s=substance} melts at {102-998} degrees, {compound} at {102-998}; {p=name} {name} "
              "of {land} measured both, run {code}."),
    POT_TEXTS("lab_next",
              "The mixture turned {colour} and {|began to foam|smelled of {flora}|gave off {12-90} "
              "ml of gas}, {|which was not expected|as with {compound}|so the run was repeated}.",
              "Under the {device} the crystals of {s} look like {|needles|fans|small {fauna} "
              "scales}, and {|bend light by {2-48} degrees|crumble at a touch|glow after dark}.",
              "A control with {compound} {|showed nothing|froze|took {2-19} hours longer}; {p} "
              "{|blamed the {device}|repeated it twice|noted it in the margin}."),
    POT_TEXTS("lab_more",
              " The {device} was {|cleaned with {compound}|calibrated in {spot}|borrowed from "
              "{person} {person}}.",
              " Yield: {2-98} percent of {s}, {|the rest being {compound}|less than in run "
              "{code}|a record}.",
              " {^matter} from {spot} {|behaves differently|costs {12-900} {coin.1} a gram|is sold "
              "as {word}}.",
              " {p} {|spilled|weighed|labelled} {2-90} mg of {compound} {|on {weekday}|by "
              "mistake|before the {device} was ready}.",
              " The {people} name for {matter}, {word}, {|is older than the {device}|means "
              "\"{|sour stone|blue tooth|slow fire}\"|appears in no textbook}.",
              " At {102-998} degrees the {s} {|splits into {matter} and {compound}|turns to "
              "glass|is lost}.",
              " Note: {code} and {code} {|were exchanged|agree to {2-9} digits|come from one "
              "{flora} root}.",
              " A drop of {compound} on the {fauna} skin {|left no mark|dried in {2-9} "
              "minutes|smelled of {flora}}.",
              " {person} suggests a ring of {3-9} atoms, {|as in {compound}|but cannot prove "
              "it|drawn like {a fauna}}.",
              " The {|paper|report|grant} on {s} was {|refused by the {^word} Journal|signed by "
              "{3-29} people|read aloud in {spot}}."),

    /* --- a gazetteer: t, k, p
       ---------------------------------------------------------------------- */
    POT_TEXTS("place_open",
              "{t=land} ({102-998} people, {12-998} metres) lies between {land} and the river "
              "{^word}; its {k=people} mayor is {p=name} {name}.",
              "From {land} take road {code} to {t=land}, {12-98} km, where {p=name} {name}, {a "
              "k=people}, sells {adj} {gadget}s and {plant} {|tea|soup|wine}.",
              "{t=land}, once called {land}, has {2-98} {creature} ponds, {12-998} {k=people} "
              "houses and a statue of {p=name} {name}.",
              "The ferry {^word} crosses from {land} to {t=land} {12-98} times a "
              "{|week|month|year}; captain {p=name} {name} speaks {k=people}."),
    POT_TEXTS("place_next",
              "Most of the {k} live from {|{flora} oil|{tool_any} repair|the {matter} mine|{fauna} "
              "wool}, and {|few ever leave|the young move to {spot}|nobody is in a hurry}.",
              "On the feast of {^word} {|everyone wears {a flora} leaf|{2-29} {fauna}s are set "
              "free|the {tool_any}s are silent}, which {|visitors find odd|{p} forbade in "
              "{1802-1988}|lasts {2-9} days}.",
              "The {|bridge|wall|tower} of {t} is made of {matter} and {|sways in the wind|hums at "
              "noon|was paid for in {flora} seeds}."),
    POT_TEXTS("place_more",
              " {^place_word} stretch as far as {spot}, and {fauna}s {|graze there|cross them in "
              "{month}|have worn a path}.",
              " The museum shows {a tool_any} of {1702-1902} and {a fauna} skull, {|both "
              "repaired|neither labelled|the gift of {p}}.",
              " In {k}, {word} means \"{|rain|ladder|guest|thirst|bread|tomorrow}\" and {word} "
              "\"{|enough|salt|again|window|debt}\".",
              " The inn, the {^word} and {^fauna}, {|serves {flora} stew|has {2-19} beds|closed "
              "after the {matter} fire}.",
              " {person} {person}, born here in {1802-1988}, {|invented the {tool_any}|described "
              "{species}|never mentioned it}.",
              " Trains of the {^word} line {|stop on {weekday}s only|carry {matter}|were sold to "
              "{spot}}.",
              " {^a coin} buys {2-29} {flora} roots or half {a tool_any}.",
              " The border with {spot} {|follows a hedge of {flora}|moved in {1802-1988}|is marked "
              "by {12-90} stones}.",
              " Its code is {code}, its patron the {fauna}, its {|anthem|motto} \"{^word} {word} "
              "{word}\".",
              " {p} wants to {|drain the {flora} marsh|ban the {tool_any}|twin {t} with {spot}}, "
              "and {12-90} percent agree.",
              " Wind from the {^word} hills brings {|dust|snow|the smell of {flora}} and "
              "{|headaches|{fauna}s|no rain}."),

    /* --- an auction: g, p
       ------------------------------------------------------------------------- */
    POT_TEXTS("lot_open",
              "Lot {code}: {a adj} {g=gadget} by {p=name} {name}, {land}, {1702-1988}, with {2-29} "
              "{plant} keys.",
              "{code}. {^a adj} {g=gadget}, {substance} on {plant} wood, {12-998} mm, signed "
              "{p=name} {name}, {land}.",
              "The {g=gadget} of {p=name} {name} (lot {code}) was made in {land} from {substance} "
              "and {2-98} {creature} teeth.",
              "{12-98} {adj} {g=gadget}s and {a creature} saddle, {land}, {1702-1988}, lot {code}, "
              "from the house of {p=name} {name}."),
    POT_TEXTS("lot_next",
              "The {g} {|still runs|lacks a screw|has been rewired}, and its {matter} case {|is "
              "scratched|bears the number {code}|was polished in {spot}}; {|sold as seen|with "
              "papers|not for children}.",
              "Estimate {100-900} to {1000-9000} {coin.1}, {|without the {flora} box|tax "
              "included|although the {word} is missing}.",
              "A similar {g} {|fetched {100-9000} {coin.1} in {spot}|burned in {1802-1988}|belongs "
              "to {person} {person}}, but {|without the {device}|its {flora} handle was new|it was "
              "a copy}."),
    POT_TEXTS(
        "lot_more",
        " Lot {code} is {a adj} {tool_any}, {|slightly bent|in two parts|with {fauna} fur}, "
        "{spot}, {1802-1988}.",
        " Lot {code}: {2-48} {|bottles|tins|sacks} of {compound}, {|unopened|half full|label "
        "missing}.",
        " Lot {code}, {a device} for {|{fauna} eggs|weak {flora} tea|measuring {matter}}, "
        "{|works|came from {person}|is heavier than it looks}.",
        " Lot {code} holds {3-90} {species} in glass, {|pinned|asleep|painted {colour}}.",
        " A {people} {tool_any} {|without strings|for left hands|of {matter}} was withdrawn at the "
        "request of {person} {person}.",
        " {p} used the {g} to {|tune {flora} bells|frighten {fauna}s|sort {coin.1}}, or so the "
        "{^word} family says.",
        " The buyer from {spot} {|paid in {coin.1}|bid by telephone|wanted the {fauna} as well}.",
        " Condition: {|{colour} stains|{2-9} cracks|no {device}}, {|traces of {compound}|{flora} "
        "worm|otherwise fine}.",
        " On {weekday} the {|hammer|{g}|{device}} {|fell off the table|sold for {100-900} "
        "{coin.1}|was found to be {matter}}."),

    /* --- a glossary: k the language
       ------------------------------------------------------------------ */
    POT_TEXTS("gloss_open",
              "{w=word} ({k=people}, {land}, {|noun|verb}): {a adj} {creature}; see {word}, "
              "{word}. First in {name} {name}, {1702-1988}, page {12-998}.",
              "A short {k=people} glossary by {name} {name}, {land} {1802-1988}\n{w=word}: the "
              "smell of {plant}\n{word}: {a adj} {gadget}",
              "How do you say {a adj} {creature} in {k=people}? {^w=word}, says {name} {name} of "
              "{land}; {word} is rude, and {word} is {|old|for children}.",
              "{w=word}, {word}, {word}: the {k=people} count {creature}s so, up to {12-98}, wrote "
              "{name} {name} in {land}."),
    POT_TEXTS(
        "gloss_more", "\n{word}: {a adj} {tool_any}, {|also an insult|often plural|from {spot}}",
        "\n{word}: to {|walk|sing|trade|wait|sleep} like {a fauna}; {|not said of guests|hence "
        "{word}, \"tired\"}",
        "\n{word}: the {|second|third|last} {|son|daughter|cousin} of {a coin} changer",
        "\n{word}: {flora} {|beer|bread|soap}, eaten or drunk on {weekday}s",
        "\n{word} (plural {word}): a {|ship|coat|house|chair} of {matter}",
        "\n{word}: {|when|where|while} the {fauna}s {|return|are counted|grow fat}; compare {word}",
        "\n{word}: a debt of {2-90} {coin.1}, {|never repaid|paid in {flora}|a polite greeting}",
        "\nProverb: \"{^word} {word}, {word} {word}\", that is, {|who sleeps catches no "
        "{fauna}|the {tool_any} forgets its maker|a full {flora} casts no shade}.",
        "\n{word}: see {w}; in {spot} also {word}",
        "\nUsage: \"{^word} {person} {word} {w}\" means \"{person} has {|lost|eaten|mended} the "
        "{tool_any}\".",
        "\n{word}: {species}, {|a pest|a delicacy|protected by law}"),

    /* --- trade and news: g, t, p
       ------------------------------------------------------------------------ */
    POT_TEXTS("trade_open",
              "In {t=land} the price of {substance} rose by {2-98} percent after {p=name} {name} "
              "sold {12-998} {g=gadget}s to {land}.",
              "{p=name} {name} of {t=land} recalls {102-998} {adj} {g=gadget}s, model {code}, "
              "because of {substance} in the {device}.",
              "{t=land}, {1-28} {month}: {102-998} {people} {job.1} refused to load {substance} "
              "for {p=name} {name}, maker of the {g=gadget}.",
              "The {^word} company pays {p=name} {name} {102-998} {coin.1} for {12-98} "
              "{g=gadget}s, made of {substance} in {t=land}."),
    POT_TEXTS(
        "trade_next",
        "A {g} now costs {12-998} {coin.1}, {|more than {a fauna}|as much as {flora} honey|the "
        "same as in {spot}}, and {|dealers are nervous|nobody buys|there is a queue}.",
        "The {^word} bank {|lent {2-90} million {coin.1}|denies it|holds {matter} for {2-9} "
        "years}, while {spot} {|waits|sells {flora}|has closed its port}.",
        "Without {compound} {|no {g} can be made|the {device}s stop|the {people} mills stand "
        "still}, {p} {|told the {^word} Times|warns|said in {spot}}."),
    POT_TEXTS("trade_more",
              " Exports of {flora} and {matter} to {spot} {|fell by {2-48} percent|stopped in "
              "{month}|are taxed}.",
              " The {people} union wants {2-9} {coin.1} more for every {tool_any} and {|free "
              "{flora} tea|a new {device}|no {weekday} shift}.",
              " {person} {person}, who owns the {^word} mine, {|bought {2-19} ships|was seen in "
              "{spot}|collects {fauna}s}.",
              " A new {device}, type {code}, {|halves the work|breaks down daily|was copied from "
              "{spot}}.",
              " Shares in {^word} and {^word} {|rose|fell|were not traded}.",
              " {^fauna} wool is in fashion, {|dyed with {compound}|worn by {p}|but hard to wash}.",
              " Smugglers hid {12-900} {coin.1} in {a adj} {tool_any}, {|customs in {spot} say|for "
              "the second time|under {flora} roots}.",
              " The {^word} Times calls the {g} {|a toy|the future|a danger to {fauna}s}.",
              " From {month}, {spot} will {|accept the {coin}|tax each {tool_any}|plant "
              "{12-90},000 {flora} trees}.",
              " Order {code} is {2-9} weeks late, {|since the {device} froze|for want of "
              "{matter}|says {person}}."),

    /* --- history of a dynasty: p, k, t
       --------------------------------------------------------------------- */
    POT_TEXTS("king_open",
              "{|King|Queen|Prince} {p=name} of {t=land} ruled the {k=people} for {12-68} years, "
              "rode {a adj} {g=creature} and feared {name} of {land}.",
              "After the battle of {land}, {p=name} the {byname} gave {name} {12-998} "
              "{g=creature}s, the {^word} crown and all {t=land}.",
              "The {k=people} chronicle says: in the year {102-998} {p=name} came to {t=land} with "
              "{12-998} {g=creature}s and {a adj} {gadget}.",
              "{p=name}, {name} and {name} divided {t=land}: one took the {k=people} coast, one "
              "{12-98} {g=creature}s, one the {^word} hills."),
    POT_TEXTS("king_next",
              "The {^word} treaty was written on {flora} bark, {|sealed with {matter}|in {2-9} "
              "languages|and eaten by {a fauna}}, and {|held for {2-90} years|nobody could read "
              "it|is kept in {spot}}.",
              "Court poets compared {p} to {|{a flora} in bloom|the {g}|{a tool_any} without oil}, "
              "and {|were paid {12-90} {coin.1}|meant it kindly|left for {spot}}.",
              "A plague of {fauna}s {|ruined the {flora} harvest|ended the siege of {spot}|was "
              "taken as a sign}, so {p} {|moved the capital|fasted|blamed {person}}."),
    POT_TEXTS(
        "king_more",
        " {person}, {|heir|uncle|cook} of {p}, {|fled to {spot}|married {person} the "
        "{byname}|invented the {tool_any}}.",
        " The {^word} guard carried {adj} {tool_any}s and {|spoke only {people}|slept by "
        "day|numbered {12-900}}.",
        " Coins, called {coin.1}, {|show {a fauna}|were made of {matter}|are found as far as "
        "{spot}}.",
        " In the year {102-998} {|snow|{flora} pollen|ash} fell on {t} for {2-40} days.",
        " The priests of {^word} {|forbade {flora} wine|kept {12-90} {g}s|could predict eclipses}.",
        " \"{^word} {word},\" {p} is said to have cried, \"{word} {word}!\"",
        " {spot} {|rebelled|sent {12-90} {fauna}s|paid its debts}, and {|peace followed|nobody "
        "noticed|the {people} sang of it}.",
        " The palace had {12-900} doors of {flora} wood, {|one for each {fauna}|all locked|of "
        "which {person} kept the keys}.",
        " Scholars from {spot} date the {^word} scroll to {102-998}, {|others later|from traces of "
        "{compound}|without proof}.",
        " The last of the line, {person} the {byname}, {|grew {flora}|sold the {tool_any}|drowned "
        "in {spot}}."),

    /* --- the sky: s a star, p
       ----------------------------------------------------------------------------------- */
    POT_TEXTS("star_open",
              "At {0-23}:{0-59:2} the {device} at {t=land} found {s=star}, {12-998} light years "
              "away, said {p=name} {name} of the {^word} team.",
              "{s=star}, magnitude {2-19}.{0-9}, was named {^word} by {p=name} {name} of {t=land}, "
              "{1802-2023}; planet {^word} orbits in {12-998} days.",
              "Log {code}, {0-23}:{0-59:2}: probe {^w=word} passes {s=star} at {102-998} km per "
              "second; {p=name} {name}, {t=land}.",
              "{p=name} {name} lost {s=star} behind {|fog|clouds|dust} over {t=land} at "
              "{0-23}:{0-59:2} and drew {a adj} {g=creature} instead."),
    POT_TEXTS("star_next",
              "Its light shows {matter} and {|a trace of {compound}|no {matter}|{2-9} dark lines}, "
              "{|as in {star}|which puzzles the {device} crew|for the first time}.",
              "Around it turn {2-12} planets, {|the largest called {^word}|one with {matter} "
              "rain|all colder than {spot}}.",
              "The {k=people} call it the {fauna}, {|since it rises in {month}|and never point at "
              "it|after the tale of {person}}."),
    POT_TEXTS(
        "star_more",
        " The {device} {|froze at {2-40} degrees below zero|was aligned by {person}|turned to "
        "{star} instead}.",
        " Telegram {code} from {spot} {|confirms it|reports a flare|asks for {2-9} more nights}.",
        " A comet, {^word}-{^word}, passed {2-90} degrees {|north|south} of {star}.",
        " The moon {^word} has seas of {compound} and {|{2-40} craters|no wind|hills shaped like "
        "{a fauna}}.",
        " {p} {|wrote|dreamed|sang} about {s} in {word}, {a people} {|poem|opera|grammar}.",
        " Period: {2-900} days; radius: {2-90} times that of {star}; {|colour: {colour}|error: "
        "{2-9} percent|source: {code}}.",
        " Dust from {^word} {|dims {star}|contains {matter}|was caught in {a tool_any}}.",
        " Observers at {spot} and {spot} {|disagree by {2-59} seconds|saw nothing|shared {flora} "
        "tea}.",
        " The catalogue of {person} {person} lists {s} as {code}, {|by mistake|twice|without "
        "comment}.",
        " No signal came from {star}, {|only {matter} noise|as {person} had bet|in spite of the "
        "{device}}."),

    /* --- invented words
       ------------------------------------------------------------------------------------------------
     */
    POT_TEXTS("fauna", "{creature}", "{rare_animal}"),
    POT_TEXTS("flora", "{plant}", "{rare_plant}"),
    POT_TEXTS("tool_any", "{gadget}", "{rare_thing}"),
    POT_TEXTS("matter", "{substance}", "{rare_matter}"),
    POT_TEXTS("spot", "{land}", "{rare_place}"),
    POT_TEXTS("person", "{name}", "{last}"),
    POT_TEXTS("stem", "{cvc}{cv}", "{cv}{cv}"),
    POT_TEXTS("species", "{^stem}{genus} {stem}{epithet}"),
    POT_TEXTS("creature", "{stem}{beast}"),
    POT_TEXTS("plant", "{stem}{herb}"),
    POT_TEXTS("substance", "{stem}{mineral}"),
    POT_TEXTS("compound", "{number}-{radical}{cvc}{group}"),
    POT_TEXTS("gadget", "{stem}{tool}"),
    POT_TEXTS("device", "{cvc}{meter}", "{cv}{cv}{meter2}"),
    POT_TEXTS("land", "{^stem}{site}"),
    POT_TEXTS("people", "{^stem}{folk}"),
    POT_TEXTS("name", "{^stem}{given}"),
    POT_TEXTS("word", "{stem}{tail}"),
    POT_TEXTS("star", "{capital}{capital} {1000-9999}{|a|b|c|d}", "{^cvc}{cv} {100-9998}"),
    POT_TEXTS("code", "{capital}{capital}-{1000-9998}", "{capital}{100-998}/{10-98}"),
    POT_WORDS("coin", 2, "dovar|dovars", "kelt|kelts", "lun|luns", "marin|marins", "obol|obols",
              "pelk|pelks", "quint|quints", "rial|rials", "skud|skuds", "tav|tavs", "vin|vins",
              "zent|zents"),
    POT_WORDS("place_word", 1, "bogs", "caves", "dunes", "fens", "gorges", "heaths", "marshes",
              "meadows", "moors", "reeds", "ridges", "salt flats", "swamps", "thickets"),
    POT_WORDS("number", 1, "1", "2", "3", "4", "5", "6", "7", "8", "9"),
    POT_WORDS("radical", 1, "acetyl", "amino", "bromo", "butyl", "chloro", "cyano", "ethyl",
              "fluoro", "formyl", "iodo", "methyl", "nitro", "phenyl", "propyl", "thio", "vinyl"),
    POT_WORDS("group", 1, "al", "amide", "amine", "ane", "ase", "ate", "azole", "ene", "ester",
              "ide", "ine", "ite", "ol", "one", "ose", "oxide", "yne"),
    POT_WORDS("genus", 1, "bates", "ceras", "cola", "don", "lepis", "mys", "nella", "nia", "phis",
              "ptera", "ria", "rhina", "stoma", "thus", "tilla", "tis", "toma", "xus"),
    POT_WORDS("epithet", 1, "bilis", "cens", "ceps", "dens", "fera", "folia", "lis", "nata",
              "nensis", "pes", "rata", "ricola", "rum", "sulus", "tata", "tica", "tosa", "vaga"),
    POT_WORDS("beast", 1, "bat", "crab", "dak", "fin", "bird", "frog", "gull", "hen", "kin", "lark",
              "moth", "mole", "newt", "hare", "pod", "rat", "roo", "shrew", "snail", "tail", "toad",
              "vark", "wing", "worm"),
    POT_WORDS("herb", 1, "berry", "bloom", "cap", "corn", "fern", "grass", "leaf", "moss", "nut",
              "oak", "palm", "pine", "reed", "root", "thorn", "vine", "weed", "wort"),
    POT_WORDS("mineral", 1, "dite", "fram", "gen", "lite", "lum", "mite", "nium", "nite", "phate",
              "rite", "rium", "spar", "tite", "tron", "vite", "zine"),
    POT_WORDS("tool", 1, "bell", "clock", "comb", "dial", "drum", "fan", "fork", "horn", "kite",
              "lamp", "lock", "loom", "phone", "pump", "reel", "scope", "sled", "top", "valve",
              "wheel"),
    POT_WORDS("meter", 1, "aphone", "ascope", "ograph", "ometer", "oscope", "otron", "ostat",
              "isphere"),
    POT_WORDS("site", 1, "barrow", "by", "dale", "fell", "ford", "gard", "haven", "holm", "keld",
              "mere", "moor", "mouth", "ness", "port", "shaw", "stead", "thorpe", "vik", "ward",
              "wick"),
    POT_WORDS("folk", 1, "bari", "dish", "gan", "ki", "lese", "mani", "nan", "rian", "sian", "tese",
              "vian", "zan"),
    POT_WORDS("given", 1, "bel", "dan", "dor", "las", "lin", "mar", "mund", "nor", "ra", "ric",
              "rin", "sa", "sel", "tha", "tor", "vin", "wen", "zar"),
    POT_WORDS("tail", 1, "b", "d", "g", "k", "l", "ll", "m", "n", "nd", "r", "rk", "s", "sh", "sk",
              "st", "t", "th", "v", "x", "z"),
    POT_WORDS("capital", 1, "A", "B", "C", "D", "E", "F", "G", "H", "J", "K", "L", "M", "N", "P",
              "Q", "R", "S", "T", "V", "W", "X", "Y", "Z"),
    POT_WORDS("rare_animal", 1, "aardvark", "axolotl", "basilisk", "bittern", "capybara", "caracal",
              "cicada", "coati", "coelacanth", "corncrake", "dugong", "earwig", "echidna",
              "gharial", "hamerkop", "hoatzin", "isopod", "jacana", "kakapo", "katydid", "kinkajou",
              "lamprey", "manatee", "motmot", "narwhal", "numbat", "ocelot", "okapi", "pangolin",
              "potoroo", "quetzal", "quokka", "serval", "shoebill", "skink", "tamarin",
              "tardigrade", "tarsier", "trilobite", "tuatara"),
    POT_WORDS("rare_plant", 1, "asafoetida", "baobab", "bladderwort", "calabash", "cassava",
              "durian", "edelweiss", "fenugreek", "feverfew", "galangal", "gorse", "hornbeam",
              "hyssop", "jicama", "juniper", "kapok", "lovage", "mangosteen", "mugwort",
              "nasturtium", "okra", "pawpaw", "quinoa", "rambutan", "sorghum", "sphagnum",
              "tamarind", "teasel", "vetiver", "wolfsbane", "yarrow", "zedoary"),
    POT_WORDS("rare_thing", 1, "adze", "armlet", "astrolabe", "awl", "barograph", "billhook",
              "bodkin", "clepsydra", "cresset", "dibber", "distaff", "escutcheon", "finial",
              "gnomon", "jorum", "kaleidoscope", "lanyard", "lorgnette", "mandrel", "mangle",
              "monocle", "oscillograph", "pantograph", "phonograph", "quadrant", "quern",
              "reticule", "samovar", "spinet", "stereoscope", "tabor", "theodolite", "thurible",
              "trammel", "umiak", "virginal", "whipstaff", "yataghan", "zarf", "zoetrope"),
    POT_WORDS("rare_matter", 1, "ambergris", "basalt", "bentonite", "chrysoprase", "cinnabar",
              "cochineal", "copal", "dolomite", "dysprosium", "feldspar", "gneiss", "gypsum",
              "hafnium", "isinglass", "kaolin", "magnesite", "malachite", "molybdenum", "obsidian",
              "olivine", "orpiment", "osmium", "pitchblende", "praseodymium", "realgar",
              "ruthenium", "schist", "selenite", "shellac", "sphalerite", "tantalum", "tourmaline",
              "wolframite", "ytterbium", "zeolite"),
    POT_WORDS("rare_place", 1, "Antananarivo", "Bratislava", "Cuzco", "Dunedin", "Esfahan",
              "Fukuoka", "Gdansk", "Huancayo", "Irkutsk", "Jaipur", "Kathmandu", "Ljubljana",
              "Mombasa", "Oaxaca", "Ouagadougou", "Paramaribo", "Qaqortoq", "Reykjavik",
              "Rovaniemi", "Samarkand", "Sarajevo", "Tbilisi", "Timbuktu", "Uppsala", "Ushuaia",
              "Valparaiso", "Vladivostok", "Wagga", "Yakutsk", "Zanzibar"),
    POT_WORDS("meter2", 1, "graph", "meter", "phone", "scope", "sphere", "stat", "tron"),
    POT_WORDS("byname", 1, "Bald", "Bold", "Brave", "Cruel", "Elder", "Fair", "Gentle", "Good",
              "Great", "Grim", "Just", "Kind", "Lame", "Late", "Lean", "Loud", "Mad", "Meek",
              "Mild", "Old", "Pious", "Proud", "Quiet", "Rash", "Red", "Sad", "Short", "Silent",
              "Sly", "Stern", "Tall", "Tame", "Timid", "Vain", "Wise", "Young"),
    /* syllables, all of one length, so that they can be told apart */
    POT_WORDS(
        "cvc", 1, "bal", "bam", "ban", "bar", "bas", "bak", "bel", "bem", "ben", "ber", "bes",
        "bek", "bet", "bil", "bim", "bin", "bir", "bis", "bik", "bid", "bol", "bor", "bos", "bok",
        "bod", "bot", "bul", "bur", "buk", "dal", "dan", "dar", "das", "dak", "dat", "dem", "der",
        "des", "dek", "det", "dil", "din", "dir", "dis", "dit", "dol", "dom", "dor", "dos", "dok",
        "dul", "dun", "dur", "dus", "duk", "dut", "fam", "far", "fas", "fak", "fad", "fel", "fem",
        "fen", "fer", "fes", "fek", "fet", "fil", "fim", "fir", "fis", "fik", "fid", "fol", "fom",
        "fon", "fos", "fok", "fod", "fot", "gal", "gam", "gan", "gar", "gak", "gad", "gat", "gem",
        "gen", "ger", "ges", "gek", "ged", "gil", "gim", "gir", "gis", "gik", "gid", "git", "gol",
        "gom", "gon", "gor", "gos", "gok", "gul", "gur", "gus", "guk", "gud", "hal", "han", "har",
        "hak", "hel", "hem", "hes", "hek", "hed", "het", "hil", "hin", "hir", "hik", "hol", "hon",
        "hor", "hos", "hok", "hod", "hul", "hun", "hur", "hus", "huk", "hud", "jal", "jan", "jas",
        "jak", "jad", "jat", "jel", "jem", "jen", "jer", "jes", "jek", "jed", "jol", "jom", "jon",
        "jor", "jos", "jok", "jod", "jul", "jum", "jun", "jur", "jus", "juk", "jud", "jut", "kal",
        "kam", "kan", "kar", "kas", "kad", "kat", "kel", "kem", "ker", "kes", "ked", "ket", "kil",
        "kim", "kin", "kir", "kis", "kol", "kom", "kor", "kos", "kod", "kot", "lam", "lan", "lar",
        "las", "lak", "lat", "lem", "len", "ler", "les", "lek", "led", "lim", "lin", "lir", "lis",
        "lik", "lom", "lon", "lor", "los", "lok", "lod", "lum", "lun", "lur", "lus", "luk", "lud",
        "lut", "mal", "mar", "mas", "mak", "mel", "men", "mer", "mes", "mek", "med", "mil", "min",
        "mir", "mis", "mik", "mid", "mit", "mol", "mon", "mor", "mos", "mok", "mod", "mot", "mul",
        "mun", "mur", "mus", "muk", "mut", "nal", "nam", "nar", "nas", "nak", "nad", "nat", "nel",
        "nem", "ner", "nes", "nek", "ned", "nil", "nim", "nir", "nis", "nik", "nid", "nol", "nom",
        "nos", "nok", "nul", "num", "nur", "nus", "nuk", "pam", "par", "pas", "pak", "pel", "pem",
        "per", "pes", "pek", "ped", "pil", "pim", "pir", "pik", "pid", "pol", "pom", "pon", "por",
        "pos", "pok", "pod", "pul", "pum", "pur", "puk", "ral", "ras", "rak", "rad", "rel", "rem",
        "ren", "res", "rek", "ret", "ril", "rin", "ris", "rik", "rit", "rol", "rom", "ron", "ros",
        "rok", "rul", "rus", "ruk", "rud", "rut", "sal", "sam", "san", "sar", "sak", "sel", "sem",
        "sen", "ser", "sek", "sed", "sil", "sim", "sik", "sid", "sol", "som", "sor", "sok", "sot",
        "sul", "sur", "suk", "sud", "sut", "tal", "tam", "tas", "tak", "tad", "tel", "tem", "ter",
        "tes", "tek", "ted", "til", "tim", "tir", "tis", "tik", "tid", "tol", "tor", "tos", "tok",
        "tul", "tum", "tun", "tur", "tus", "tuk", "tud", "val", "vam", "var", "vas", "vak", "vad",
        "vel", "vem", "ven", "ver", "ves", "vek", "ved", "vil", "vim", "vin", "vir", "vis", "vik",
        "vid", "vit", "vol", "vom", "von", "vor", "vos", "vok", "vod", "vot", "vul", "vum", "vun",
        "vur", "vus", "vuk", "vud", "vut", "wal", "wam", "wan", "wak", "wat", "wel", "wem", "wen",
        "wer", "wes", "wek", "wil", "wim", "wir", "wis", "wik", "wid", "wol", "wom", "wor", "wos",
        "wod", "wot", "zal", "zam", "zan", "zar", "zas", "zak", "zad", "zat", "zel", "zem", "zer",
        "zes", "zek", "zed", "zet", "zil", "zim", "zin", "zir", "zis", "zik", "zid", "zol", "zom",
        "zon", "zor", "zos", "zok", "zod", "zot", "zul", "zum", "zun", "zur", "zus", "zuk", "zud",
        "zut"),
    POT_WORDS("cv", 1, "ba", "be", "bi", "bo", "bu", "da", "de", "do", "du", "ga", "ge", "go", "gu",
              "ha", "he", "hi", "ja", "je", "jo", "ju", "ka", "ke", "ko", "ku", "la", "le", "li",
              "lo", "lu", "ma", "me", "mi", "mo", "mu", "na", "ne", "no", "nu", "pa", "pi", "po",
              "ra", "re", "ri", "ro", "ru", "sa", "se", "si", "so", "su", "te", "ti", "to", "tu",
              "va", "ve", "vi", "vo", "vu", "za", "ze", "zo", "zu"),
    {NULL, 0, 0, NULL},
};

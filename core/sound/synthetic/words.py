# ruff: noqa: SIM905 - a list of five hundred words is read more easily as lines of words
"""What the synthetic voices say besides digits, so that a recogniser learns what is none.

In: nothing. Out: the generator. Words that sound exactly like a digit ("won", "to", "for", "ate",
German "nein") are left out: nothing in the sound could tell them apart.
"""

COMMON = (
    "yes no stop go left right up down on off cat dog bird house happy marvin sheila wow bed tree "
    "free fire fine nice seventeen heaven sick fix hero when sun run shoe door more late "
    "eleven twelve hello thanks please"
).split()
"""The other words of the committed archive: the usual commands, and words close to a digit."""

FOREIGN = {
    "de": "eins zwei drei vier fünf sieben neun zehn elf",
    "fr": "un deux trois quatre cinq sept huit neuf dix",
    "es": "uno dos tres cuatro cinco siete ocho nueve diez",
    "it": "due tre quattro cinque sette otto dieci",
    "pt": "um dois três quatro cinco sete oito dez",
    "nl": "een twee drie vier vijf acht negen tien",
    "sv": "ett tre fyra fem sju åtta tio",
    "pl": "jeden dwa trzy cztery osiem dziesięć",
    "cs": "jedna dva čtyři pět osm deset",
    "tr": "bir iki üç dört beş altı yedi sekiz dokuz",
    "fi": "yksi kaksi kolme neljä viisi kuusi kahdeksan",
    "id": "satu dua tiga empat lima enam tujuh delapan",
    "sw": "moja mbili tatu nne tano nane kumi",
}
"""Number words of other languages, by espeak-ng's name of the language; without those that are
spoken like an English digit ("six", "zero", "sechs", "nein")."""

FOREIGN_FEW = (("de", "zwei"), ("fr", "quatre"), ("es", "ocho"), ("it", "cinque"))

MORE = (
    "about above again air all alone always am and angry animal answer apple arm ask autumn away "
    "baby back bad bag ball bank bath beach bell big black blue boat book bottle box boy bread "
    "break brother brown bus button call car chair cheese child church city clean clock cloud "
    "coat coffee cold come cook corn cow cup dark daughter day desk dinner doctor drive drink "
    "dry ear early earth east egg end evening eye face fall family far farm fast father fever few "
    "field finger fish flag floor flower fly food foot forest fork fourteen fourth "
    "friend fruit fun game garden gate girl give glass gold gone good grass green hair half hand "
    "hat hate head heavy heat height help hide high hill hive home horse hot hour hundred ice "
    "idea inn iron island job juice jump key kick king kitchen knee knife lake lamp laugh leaf "
    "lemon lesson letter level life light line lion listen live long love low lunch machine man "
    "map market meat milk mine minute mirror money moon morning mother mountain mouse mouth music "
    "name never new night nineteen north nose now number ocean often oil okay old open orange oven "
    "page paper park peace pen person phone picture pie pine plane play pocket point pool power "
    "question quick quiet rain red rice ring river road rock room rope rose sad salt sand save "
    "school sea second seed see seek send seventh seventy shade shape sheep ship shirt shop short "
    "sign silver sing sister sixteen sixth sixty sky sleep slow small smile smoke snow soap sock "
    "soft son song soon soup south space spoon spring square stairs star start stay steam stone "
    "storm street sugar summer sweet swim table tail take tall tea teach tell ten tenth test thank "
    "that then there thick thin thing third thirteen thirty this thousand through throw "
    "thumb thunder tie time tired toast today toe tomato tongue tooth tower town toy train travel "
    "true try turn twelfth twenty uncle under use valley van vase very village visual voice wait "
    "walk wall want warm wash watch water wave way week weight well west wheel while white why "
    "wide wife wind window wine winter wire wise woman wood word work world write year yellow "
    "yesterday young zebra zip zone follow learn forward backward"
).split()
"""The other words of the training set, besides COMMON."""

PHRASES = (
    "turn left,turn right,good morning,good night,how are you,thank you,see you,what time is it,"
    "I don't know,open the door,close the window,come here,over there,not now,wait a minute,"
    "very nice,all right,of course,no problem,let me see,on the table,in the house,my name is,"
    "it is raining,where is it,who is that,once upon a time,call me later,I am here,that is fine,"
    "play music,stop it,go home,all day long,as you like"
).split(",")
"""Short phrases, without a digit in them."""

SYLLABLES = (
    "see,say,so,fie,foe,fee,thee,thigh,tea,wuh,wah,nah,nigh,knee,eh,ah,oh,uh,um,hmm,zee,"
    "zed,vee,ven,sev,ick,ix,ro,row,air,ay,eye,er,or,ee,oo,ow,ta,pa,ka,sha,ma,la,mm,psst,shh"
).split(",")
"""Hesitations, letters and pieces of digits."""

PRONOUNCED = {("en-029", "three"): "[[Tr'i:]]"}
"""By language and word. espeak-ng's Caribbean "three" is "tree", which is among the other words."""

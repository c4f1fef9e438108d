* Made-up patients. Written by GNU PSPP 1.6.2 (Debian): pspp make.sps; right.csv is what it shows.
SET LOCALE='UTF-8'.
DATA LIST LIST /id (A8) sex (F1) age (F5.1) onset (DATE11) seen (DATETIME20) wait (TIME8) note (A20).
BEGIN DATA
"Fu" 1 71.5 "12-MAR-2020" "13-MAR-2020 08:30:00" "01:30:00" "gehfähig"
"Po" 2 . "01-JAN-1999" . . "Größe unklar"
"Ri" 9 -99 . . . ""
END DATA.
STRING remark (A300).
COMPUTE remark = CONCAT(RPAD("a", 250, "b"), "|", RPAD("c", 40, "d")).
IF id = "Po" remark = "kurz".
STRING ward (A12).
COMPUTE ward = "unfallchir".
VARIABLE LABELS sex "Sex of the patient" /age "Age (years)".
VALUE LABELS sex 1 "male" 2 "female" 9 "unknown" /ward "unfallchir" "Trauma surgery" /id "Fu" "first".
MISSING VALUES sex (9) /age (LOWEST THRU -90, 0).
SAVE OUTFILE='plain.sav' /UNCOMPRESSED.
SAVE OUTFILE='packed.sav' /COMPRESSED.
SAVE OUTFILE='inflated.zsav' /ZCOMPRESSED.
SAVE TRANSLATE /OUTFILE='right.csv' /TYPE=CSV /FIELDNAMES /REPLACE.

"""The control words of RTF that matter to a reader, from the Rich Text Format Specification 1.9.1."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final


class Into(Enum):
    """Where the text of a group goes."""

    TEXT = auto()
    NOWHERE = auto()
    SHAPE = auto()  # nowhere, but for the text box or the result inside
    INSTRUCTION = auto()  # nowhere, but for the form field inside
    BOX = auto()
    HEADER = auto()
    FOOTER = auto()
    NOTE = auto()
    COMMENT = auto()
    LABEL = auto()
    FONTS = auto()
    FIELD = auto()
    CHOICE = auto()
    PICTURE = auto()


STORIES: Final = frozenset({Into.BOX, Into.HEADER, Into.FOOTER, Into.NOTE, Into.COMMENT})


def _names(text: str) -> list[str]:
    return text.split()


DESTINATIONS: Final[dict[str, Into]] = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), Into.HEADER),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), Into.FOOTER),
    "footnote": Into.NOTE,
    "annotation": Into.COMMENT,
    **dict.fromkeys(("listtext", "pntext"), Into.LABEL),
    "fonttbl": Into.FONTS,
    "formfield": Into.FIELD,
    "pict": Into.PICTURE,
    "ffl": Into.CHOICE,
    **dict.fromkeys(("shp", "shpinst", "shpgrp", "do", "object", "upr"), Into.SHAPE),
    **dict.fromkeys(("fldinst", "nesttableprops"), Into.INSTRUCTION),
    **dict.fromkeys(("shptxt", "dptxbxtext"), Into.BOX),
    **dict.fromkeys(("result", "fldrslt", "ud", "shppict"), Into.TEXT),
    **dict.fromkeys(
        _names(
            "aftncn aftnsep aftnsepc atnauthor atndate atnicn atnid atnparent atnref atntime atrfend atrfstart author"
            " background bkmkend bkmkstart blipuid buptim category colorschememapping colortbl comment company creatim"
            " datafield datastore defchp defpap doccomm docvar factoidname falt fchars ffdeftext ffentrymcr ffexitmcr"
            " ffformat ffhelptext ffname ffstattext file filetbl fldtype fname fontemb fontfile ftncn ftnsep"
            " ftnsepc generator gridtbl hlinkbase info keycode keywords latentstyles lchars levelnumbers leveltext"
            " lfolevel linkval listlevel listname listoverride listoverridetable listpicture liststylename listtable"
            " lsdlockedexcept manager mmathPr nextfile nonesttables nonshppict objalias objclass objdata"
            " objname objsect objtime oleclsid operator panose password passwordhash pgptbl picprop pn pnseclvl pntxta"
            " pntxtb printim private propname protusertbl pxe revtbl revtim rsidtbl rxe shprslt sn sp staticval"
            " stylesheet subject sv tc template themedata title txe userprops windowcaption writereservation"
            " writereservhash xe xform xmlattrname xmlattrvalue xmlclose xmlname xmlnstbl xmlopen"
        ),
        Into.NOWHERE,
    ),
}
SPECIAL: Final = {
    "par": "\n", "line": "\n", "tab": "\t", "emdash": "\u2014", "endash": "\u2013", "emspace": " ", "enspace": " ",
    "qmspace": " ", "bullet": "•", "lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d",
    "~": " ", "_": "-", "{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n",
}  # fmt: skip
CHARSETS: Final = {  # of \fcharset, the code page; 2 is symbols, 0 and 1 the document's own
    77: "mac_roman", 78: "shift_jis", 79: "euc_kr", 80: "gb2312", 81: "big5", 85: "mac_greek", 86: "mac_turkish",
    88: "mac_latin2", 89: "mac_cyrillic", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
SYMBOLS: Final = 2
DOCUMENT: Final = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}

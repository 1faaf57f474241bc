"""X12 interchanges for tests, made from segments. Every person and number is synthetic."""

from collections.abc import Sequence
from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures" / "x12"
HEADING = (
    *("BPR*I*120*C*CHK************20260212", "TRN*1*7700123*1999999999", "DTM*405*20260210"),
    *("N1*PR*ORCHARD VALLEY HEALTH PLAN", "N3*PO BOX 100", "N4*SALEM*OR*973010100"),
    *("N1*PE*HILLSIDE ORTHOPEDICS*XX*1234567893", "LX*1"),
)
DENIED = (
    *("CLP*A-1*1*900*0**12*CLM1001*11", "NM1*QC*1*RIVERA*ELENA****MI*W102074778"),
    *("SVC*HC:29827:RT*900*0**0", "DTM*472*20260105", "CAS*CO*50*900", "LQ*HE*N115"),
)
PAID = (
    *("CLP*A-2*1*200*120*30*12*CLM1002*11", "NM1*QC*1*MARSH*JOHN****MI*W555000111"),
    *("SVC*HC:99214*200*120**1", "DTM*472*20260106", "CAS*CO*45*50", "CAS*PR*2*30", "AMT*B6*150"),
)


def remittance(*claims: Sequence[str], heading: Sequence[str] = HEADING) -> list[str]:
    """The segments of an 835 with its envelope, counted as it should be."""
    body = ["ST*835*0001", *heading, *(segment for claim in claims for segment in claim)]
    return enveloped([*body, f"SE*{len(body) + 1}*0001"], "HP", "005010X221A1")


def enveloped(transaction: Sequence[str], kind: str, guide: str) -> list[str]:
    """A transaction set in its group and interchange."""
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'PAYER':15}*ZZ*{'CLINIC':15}*260210*1200*^*00501*000000001*0*T*:"
    group = f"GS*{kind}*PAYER*CLINIC*20260210*1200*1*X*{guide}"
    return [isa, group, *transaction, "GE*1*1", "IEA*1*000000001"]


def written(segments: Sequence[str], end: str = "~", by: str = "*", within: str = ":", after: str = "") -> bytes:
    """The segments with these delimiters, and what stands after each of them."""
    moved = (segment.replace("*", "\0").replace(":", within).replace("\0", by) for segment in segments)
    return "".join(f"{segment}{end}{after}" for segment in moved).encode()

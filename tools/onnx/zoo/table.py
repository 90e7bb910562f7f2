"""The table of docs/onnx.md."""

from datetime import date
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "onnx.md"
BEGIN, END = "<!-- tools/onnx/architectures --markdown: begin -->", "<!-- tools/onnx/architectures --markdown: end -->"
# A loss that fell with it is told without it.
USUAL_RATE = 1e-3
COLUMNS = ("imported", "logits", "step", "loss", "written")


def markdown(outcomes: dict[str, dict[str, dict]]) -> str:
    """A row for each network and each way to export it."""
    lines = [
        "| network | exporter | opset | imported | logits | step | its update | PyTorch's own | loss over 20 steps |"
        " written back |",
        "|---|---|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, forms in outcomes.items():
        for form, checks in forms.items():
            exporter = {"torchscript": "TorchScript", "dynamo": "default"}[form.partition("-")[0]]
            opset = checks["imported"].get("figure", "")
            lines.append(
                f"| {name} | {exporter} | {opset} | {cell('imported', checks['imported'])} | "
                + " | ".join(cell(check, checks[check]) for check in COLUMNS[1:]) + " |")
    return "\n".join(lines)


def cell(check: str, outcome: dict) -> str:
    """A check's figures, in bold where it is not met."""
    text = figures(check, outcome.get("figure"))
    if not outcome["met"]:
        text = " | ".join(f"**{part or 'no'}**" for part in text.split(" | "))
    # How far PyTorch's single precision is from its double one.
    return f"{text} | {tenth(outcome['rounding'])}" if check == "step" else text


def figures(check: str, figure) -> str:
    if figure is None:
        return " | " if check == "step" else ""
    if check == "imported":
        return "yes"
    if check == "step":
        return " | ".join(tenth(value) for value in figure)
    if check == "loss":
        first, last, rate = figure
        return f"{first:.3g} → {last:.3g}" + (f" (rate {tenth(rate)})" if rate != USUAL_RATE else "")
    return tenth(figure)


def tenth(value: float) -> str:
    return f"{value:.0e}".replace("e-0", "e-")


def write(table: str, versions: str, path: Path = DOCUMENT):
    """Replaces what stands between the document's markers."""
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path} has no lines '{BEGIN}' and '{END}', between which the table goes")
    path.write_text(f"{before}{BEGIN}\n\n{table}\n\n{versions}; {date.today().isoformat()}.\n\n{END}{after}")

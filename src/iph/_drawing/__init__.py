"""How a figure looks, and how a curve is drawn: for results and for the report.

`style` holds sizes, colors and fonts, and turns a figure into the bytes of a file.
`curves` draws one curve into axes. matplotlib is loaded when something is drawn.
"""

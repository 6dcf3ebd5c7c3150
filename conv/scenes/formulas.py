"""The scenes' sums in symbols, in two lines each so that they fit a phone.

An ampersand and a double backslash break a formula where the page is narrow.
"""

_PAD = r"\text{pad}(x)_{n,c,\,s_h i+d_h m,\,s_w j+d_w k}"
OUT = r"\text{out}_{n,f,i,j} &= b_f + \sum_{c,m,k} w_{f,c,m,k}\; \\ &\quad " + _PAD
DW = r"dw_{f,c,m,k} &= \sum_{n,i,j} g_{n,f,i,j}\; \\ &\quad " + _PAD
DX = (
    r"dx_{n,c} &= \text{crop}\Big(\sum_{f} \text{full}(g)_{n,f} \\ &\quad "
    r"\star \text{rot180}(w_{f,c})\Big)"
)
RULES = (
    (
        r"\texttt{notebook:}\; &w \leftarrow w - lr\,(dw + reg \cdot prev) \\ "
        r"&prev \leftarrow w \\"
        r"\texttt{sgd:}\; &w \leftarrow w - lr \cdot dw"
    ),
    (
        r"\texttt{momentum:}\; &v \leftarrow \mu\, v + dw \\ &w \leftarrow w - lr \cdot v \\"
        r"\texttt{weight\_decay:}\; &w \leftarrow w - lr\,(dw + reg \cdot w)"
    ),
)

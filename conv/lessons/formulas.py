"""The walk's formulas, in LaTeX as KaTeX reads it: g is top_diff, K what the kernel covers, and p
the padding, with an index for the side where its sides differ: top, bottom, left, right."""

DEFINE = (
    r"\text{out} = \text{pad}(x) \star w + b,\quad "
    r"dw = \text{pad}(x) \star g,\quad "
    r"dx = \text{crop}\big(\text{full}(g) \star \text{rot180}(w)\big)"
)
FORWARD = (
    r"OH = \left\lfloor \frac{H + 2p_h - K_h}{s_h} \right\rfloor + 1,\quad "
    r"OW = \left\lfloor \frac{W + 2p_w - K_w}{s_w} \right\rfloor + 1"
)
FORWARD_UNEVEN = (
    r"OH = \left\lfloor \frac{H + p_t + p_b - K_h}{s_h} \right\rfloor + 1,\quad "
    r"OW = \left\lfloor \frac{W + p_l + p_r - K_w}{s_w} \right\rfloor + 1"
)
UNSEEDED = r"w_{f,c,m,k} \sim \mathcal{N}(0, 1)"
DERIVATION = (
    r"\text{out}_{n,f,i,j} = b_f + "
    r"\sum_{c,m,k} w_{f,c,m,k}\; \text{pad}(x)_{n,c,\,s_h i + d_h m,\,s_w j + d_w k}"
)
BACKWARD = (
    r"g = \frac{\partial L}{\partial\, \text{out}},\quad "
    r"\frac{\partial L}{\partial w} = g\, \frac{\partial\, \text{out}}{\partial w},\quad "
    r"\frac{\partial L}{\partial x} = g\, \frac{\partial\, \text{out}}{\partial x},\quad "
    r"db_f = \sum_{n,i,j} g_{n,f,i,j}"
)
DW = (
    r"dw_{f,c,m,k} = \sum_{n,i,j} g_{n,f,i,j}\; \text{pad}(x)_{n,c,\,s_h i + d_h m,\,s_w j + d_w k}"
)
CLAIM = r"dw = \sum_{n,i,j} g_{n,f,i,j}\; \text{patch}_{n,i,j},\quad dw \leftarrow 0"
DW_STRIDE = (
    r"\text{pad}(x)_{\,s_h i + m,\; s_w j + k} \;\ne\; \text{pad}(x)_{\,i + s_h m,\; j + s_w k}"
)
DX = r"dx_{n,c} = \text{crop}\Big(\sum_{f} \text{full}(g)_{n,f} \star \text{rot180}(w_{f,c})\Big)"
ROTATION_DOUBT = r"\text{rot180}(w)_{f,c,m,k} = w_{f,\,c,\,K_h - 1 - m,\,K_w - 1 - k}"
CROP = r"dx_{p,q} = dx^{\text{pad}}_{\,p_h + p,\; p_w + q},\quad 0 \le p < H,\; 0 \le q < W"
CROP_UNEVEN = CROP.replace("p_h", "p_t").replace("p_w", "p_l")
DX_STRIDE = r"\text{full}(g)_{\,K_h - 1 + s_h i,\; K_w - 1 + s_w j} = g_{i,j}"
DX_KERNEL = r"dx \in \mathbb{R}^{H \times W},\quad OH = H + 2 \cdot 1 - 5 + 1 = H - 2"
UPDATE = r"w \leftarrow w - lr\,(dw + reg \cdot prev),\quad b \leftarrow b - lr \cdot db"
FRESH = r"w \leftarrow w - lr\,(dw + reg \cdot prev),\quad dw = \frac{\partial L}{\partial w}"
ALIAS = r"prev \leftarrow w \;\Rightarrow\; w \leftarrow w - lr\,(dw + reg \cdot w)"
MOMENTUM = r"v \leftarrow \mu\, v + dw,\quad w \leftarrow w - lr \cdot v"
ROTATION = (
    r"\text{rot90}(a)_{r,c} = a_{c,\,W - 1 - r},\quad "
    r"\text{rot180}(a)_{r,c} = a_{H - 1 - r,\,W - 1 - c}"
)
BROADCASTING = (
    r"(a \cdot v)_{k,r,c} = a_{k,r,c}\; v_{k,0,0},\quad "
    r"\text{step}_{n,c,m,k} = \text{patch}_{n,c,m,k}\; g_{n,f,i,j}"
)
LOGARITHM = (
    r"L = -\ln p_y,\quad "
    r"p = \text{softmax}(z),\quad "
    r"\frac{\partial L}{\partial z_j} = p_j - [\,j = y\,],\quad "
    r"\log_{10} p = \frac{\ln p}{\ln 10}"
)

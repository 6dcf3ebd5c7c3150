// What a page's stage says, and where: each text with its size of type, in the order of the page. Places
// are pixels from the stage's left edge and the page's top, or cells, or shares of an axis.
() => {
    const root = document.querySelector("[data-stage]");
    const left = root.getBoundingClientRect().left;
    const said = (node) => [node.textContent, parseFloat(getComputedStyle(node).fontSize)];
    const all = (node, selector) => [...node.querySelectorAll(selector)];
    const find = (node, selector) => {
        const found = node.querySelector(selector);
        return found?.textContent ? said(found) : null;
    };
    const box = (node) => {
        const { x, y, width, height } = node.getBoundingClientRect();
        return [x - left, y, width, height];
    };
    const endsWith = (...nodes) => {
        const [one, other] = nodes.map((node) => node && box(node)[0] + box(node)[2]);
        return Math.abs(one - other) < 1;
    };
    const at = (text, width, height) => [
        Number(text.getAttribute("x")) / width,
        Number(text.getAttribute("y")) / height,
        ...said(text),
    ];
    const blocks = all(root, "[data-panel], [data-card]").map((node) => {
        const name = node.dataset.panel ?? node.dataset.card;
        const cells = node.querySelector("[data-cells]");
        const [title, caption] = [find(node, ".title"), find(node, ".caption")];
        const words = { title, caption, left: box(node)[0], box: box(cells ?? node) };
        if (!cells) {
            return [name, { ...words, lines: all(node, "dl > div").map((one) => [...one.children].map(said)) }];
        }
        const [width, height] = [cells.style.width, cells.style.height].map(parseFloat);
        const [columns, rows] = [cells.dataset.columns, cells.dataset.rows].map(Number);
        const inCells = (layer) => all(cells, `.${layer} text`)
            .filter(({ textContent }) => textContent)
            .map((text) => at(text, width / columns, height / rows));
        const ticks = all(cells, ".ticks text");
        return [name, {
            ...words,
            power: endsWith(cells, node.querySelector(".power")) ? find(node, ".power") : null,
            letters: inCells("letters").map(([x, y, text]) => [Math.floor(x), Math.floor(y), text]),
            numbers: inCells("numbers").map(([x, y, text]) => [Math.floor(x), Math.floor(y), text]),
            across: ticks.filter((text) => !text.matches(".side")).map((text) => {
                const [x, , ...what] = at(text, width / columns, 1);
                return [x, ...what];
            }),
            down: ticks.filter((text) => text.matches(".side")).map((text) => at(text, 1, height).slice(1)),
            names: all(node, "[data-line]").map((one) => all(one, "span").map(said)),
            kind: cells.className.split(" ")[1] ?? "panel",
        }];
    });
    const signs = all(root, ".sign").map((node) => {
        const [x, , width] = box(node);
        const beside = (one) => one?.dataset.panel ?? one?.dataset.card ?? null;
        return {
            mark: find(node, ".mark"),
            under: find(node, ".under"),
            middle: x + width / 2,
            beside: [beside(node.previousElementSibling), beside(node.nextElementSibling)],
        };
    });
    return {
        head: all(document, "header > *, .listing-title").map(said),
        headings: all(root, ".heading, .section-note")
            .sort((a, b) => box(a)[1] - box(b)[1] || box(a)[0] - box(b)[0])
            .map((node) => [...said(node), box(node)[0]]),
        blocks: Object.fromEntries(blocks),
        signs,
        legend: all(root, "[data-hatch]").map((node) => [node.dataset.hatch, ...said(node)]),
        sum: said(root.querySelector("[data-sum]")),
    };
}

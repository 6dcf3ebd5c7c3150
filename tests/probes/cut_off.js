// What sticks out of the page's column or over another panel, in words; "" where nothing does.
(stage) => {
    const faults = [];
    const column = stage.closest("[data-testid=stVerticalBlock]").getBoundingClientRect();
    const named = (name, part, box) => ({ name, part, box });
    const textBox = (node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return range.getBoundingClientRect();
    };
    const panels = [...stage.querySelectorAll("[data-panel]")].map((panel) => {
        const name = panel.dataset.panel;
        const parts = [".title", ".caption"].map(
            (part) => named(name, part, textBox(panel.querySelector(part))));
        const cells = panel.querySelector("[data-cells]");
        parts.push(named(name, "cells", cells.getBoundingClientRect()));
        panel.querySelectorAll(".ticks text, .numbers text, .letters text").forEach((text) => {
            if (text.textContent) parts.push(named(name, "text", text.getBoundingClientRect()));
        });
        return parts;
    });
    const framed = (selector, boxOf) => [...stage.querySelectorAll(selector)]
        .map((node) => [named(selector, node.textContent.slice(0, 20), boxOf(node))]);
    const frameOf = (node) => node.getBoundingClientRect();
    const others = [
        ...framed(".strip", frameOf),
        ...framed(".card", frameOf),
        ...framed(".foot", frameOf),
        ...framed(".heading", textBox),
        ...framed(".section-note", textBox),
        ...[...stage.querySelectorAll(".sign")].map((sign) =>
            [...sign.children].map((node) => named(".sign", node.textContent, textBox(node)))),
    ];
    const inner = [...stage.querySelectorAll(".foot *:not(option)")]
        .filter((node) => node.getClientRects().length)
        .map((node) => named(".foot", node.tagName, node.getBoundingClientRect()));
    for (const { name, part, box } of [...panels.flat(), ...others.flat(), ...inner]) {
        if (box.left < column.left - 1 || box.right > column.right + 1
            || box.top < column.top - 1 || box.bottom > column.bottom + 1) {
            faults.push(`${name}: ${part} leaves the column`);
        }
        if (!(box.width > 0 && box.height > 0)) faults.push(`${name}: ${part} has no size`);
    }
    const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1
        || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
    // Where the frames round two items are apart, so are all of their parts.
    const round = (item) => ({
        left: Math.min(...item.map(({ box }) => box.left)),
        right: Math.max(...item.map(({ box }) => box.right)),
        top: Math.min(...item.map(({ box }) => box.top)),
        bottom: Math.max(...item.map(({ box }) => box.bottom)),
    });
    // The foot sticks to the window's lower edge, over the panels that are there.
    const items = [...panels, ...others.filter(([{ name }]) => name !== ".foot")];
    const frames = items.map(round);
    items.forEach((one, k) => items.slice(k + 1).forEach((other, more) => {
        if (apart(frames[k], frames[k + 1 + more])) return;
        one.forEach((a) => other.forEach((b) => {
            if (!apart(a.box, b.box)) {
                faults.push(`${a.name}: ${a.part} overlaps ${b.name}: ${b.part}`);
            }
        }));
    }));
    if (panels.length < 2) faults.push(`${panels.length} panels`);
    return faults.join("\n");
}

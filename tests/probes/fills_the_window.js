// What is wrong with a stage that is to fill the window, in words; "" where nothing is.
(stage) => {
    const faults = [];
    const seen = (node) => node.getClientRects().length > 0;
    const foot = stage.querySelector(".foot").getBoundingClientRect();
    const note = (what, box, bottom) => {
        const inside = box.left > -1 && box.right < innerWidth + 1 && box.top > -1;
        if (!inside || box.bottom > bottom + 1) faults.push(`${what} leaves its room`);
    };
    if (stage.scrollHeight > stage.clientHeight) faults.push("it scrolls");
    note("foot", foot, innerHeight);
    const panels = [...stage.querySelectorAll("[data-panel]")].filter(seen);
    if (panels.length < 2) faults.push(`${panels.length} panels`);
    const parts = panels.flatMap((panel) => [".title", ".caption", "[data-cells]"]
        .map((part) => [panel.dataset.panel + part, panel.querySelector(part)]));
    const texts = (node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return range.getBoundingClientRect();
    };
    const boxes = parts.map(([name, node]) =>
        [name, node.matches("[data-cells]") ? node.getBoundingClientRect() : texts(node)]);
    for (const [name, box] of boxes) note(name, box, foot.top);
    const cells = boxes.filter(([name]) => name.endsWith("[data-cells]"));
    cells.forEach(([a, one], k) => boxes.forEach(([b, two]) => {
        const apart = one.right <= two.left + 1 || two.right <= one.left + 1
            || one.bottom <= two.top + 1 || two.bottom <= one.top + 1;
        if (!apart && a !== b) faults.push(`${a} overlaps ${b}`);
    }));
    const zoom = stage.getBoundingClientRect().width / stage.clientWidth;
    const type = zoom * parseFloat(getComputedStyle(stage.querySelector(".title")).fontSize);
    if (type < Math.min(innerWidth / 1280, innerHeight / 720) * 16) faults.push(`type of ${type}`);
    const widest = Math.max(...cells.map(([, box]) => box.height)) / innerHeight;
    if (widest < 0.15) faults.push("its panels are small");
    const outlines = [...stage.querySelectorAll("[data-role]")].filter(seen)
        .map((path) => zoom * parseFloat(path.getAttribute("stroke-width")));
    if (!outlines.some((width) => width > 2.8 * zoom)) faults.push("its outlines are thin");
    for (const name of ["stSidebar", "stHeader", "stToolbar"]) {
        const node = document.querySelector(`[data-testid=${name}]`);
        if (node && getComputedStyle(node).visibility !== "hidden") faults.push(`${name} is seen`);
    }
    const shown = document.elementFromPoint(5, 5);
    if (!stage.contains(shown) && shown !== stage) faults.push("something is over it");
    return faults.join("\n");
}

// What is wrong with a section of the notebook on the page, and what it says outside its code.
(stage) => {
    const faults = [];
    const inside = (node) => {
        const box = node.getBoundingClientRect();
        return box.left > -1 && box.right < innerWidth + 1;
    };
    if (document.documentElement.scrollWidth > innerWidth) faults.push("the page is too wide");
    for (const node of stage.querySelectorAll("[data-cells], .caption, .listing-text, .lines code")) {
        if (!inside(node)) faults.push(`${node.className} leaves the window`);
    }
    const bar = stage.querySelector(".playlist").getBoundingClientRect();
    if (bar.top < 0 || bar.bottom > innerHeight + 1) faults.push("the way on is not in view");
    if (stage.querySelector("[data-failed]")) faults.push(stage.textContent);
    const beside = stage.querySelector(".work").classList.contains("beside");
    if (beside !== innerWidth > 1000) faults.push(`beside: ${beside}`);
    const [shown, listed] = [".shown", ".code"].map((part) =>
        stage.querySelector(part).getBoundingClientRect());
    if (!beside && listed.top < shown.bottom - 1) faults.push("the code is over the panels");
    const code = stage.querySelector(".lines").innerText;
    return { faults, text: stage.innerText.replace(code, "") };
}

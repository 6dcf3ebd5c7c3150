// Whether the stage has the marked panels and figures, and no others.
() => {
    const nodes = [...document.querySelectorAll("[data-stage], [data-panel], [data-panel] .plot")];
    return window.made === 0 && nodes.length > 15 && nodes.every((node) => node.kept);
}

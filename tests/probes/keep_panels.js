// Marks the stage's panels and figures.
() => {
    for (const node of document.querySelectorAll("[data-stage], [data-panel], [data-panel] .plot")) {
        node.kept = true;
    }
}

// Where the stage stands at each painting of the scene "update" from now on.
() => {
    const root = document.querySelector("[data-stage]");
    window.tops = [];
    new MutationObserver(() => {
        if (root.dataset.scene === "update") window.tops.push(root.getBoundingClientRect().top);
    }).observe(root, { attributes: true, attributeFilter: ["data-at"] });
}

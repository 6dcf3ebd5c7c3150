// Counts from now on how many elements are stale at most, and how many of them fade.
() => {
    window.stale = window.faded = 0;
    const look = () => {
        const elements = [...document.querySelectorAll("[data-stale=true]")];
        const fades = (one) => getComputedStyle(one).opacity !== "1" || one.getAnimations().length > 0;
        window.stale = Math.max(window.stale, elements.length);
        window.faded += elements.filter(fades).length;
    };
    const watched = { subtree: true, attributes: true, attributeFilter: ["data-stale"] };
    new MutationObserver(look).observe(document.body, watched);
}

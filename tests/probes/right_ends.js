// How wide the stage is, and how far its parts reach.
() => {
    const end = (one) => one.getBoundingClientRect().right;
    const parts = document.querySelectorAll("[data-cells], .card, .curve-names, .curves text");
    return [end(document.querySelector("[data-stage]")), Math.max(...[...parts].map(end))];
}

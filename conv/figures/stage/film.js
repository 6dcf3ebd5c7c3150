// For a camera: moves the stage to a step and gives the page's height once that is painted.

const filmed = stages.get(document.querySelector("main"));

window.film = async (step) => {
    while (!filmed.panels) await new Promise(requestAnimationFrame);
    filmed.moveToStep(filmed.foot.transport.clock, step);
    await new Promise(requestAnimationFrame);
    return document.documentElement.offsetHeight;
};

// The steps that both methods say that they are at, one after the other, from now on.
() => {
    const told = [...document.querySelectorAll("[data-clock] .step")];
    const steps = () => told.map((one) => Number(one.textContent.match(/[0-9]+/)[0]) - 1).join();
    window.recorded = [];
    const watch = new MutationObserver(() => {
        if (steps() !== window.recorded.at(-1)) window.recorded.push(steps());
    });
    told.forEach((one) => watch.observe(one, { childList: true }));
}

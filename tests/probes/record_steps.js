// What the stage says of each step, one after the other, from now on.
() => {
    const step = document.querySelector("[data-stage] .step");
    window.recorded = [];
    new MutationObserver((records) => {
        for (const { addedNodes } of records) {
            for (const { data } of addedNodes) {
                if (data !== window.recorded.at(-1)) window.recorded.push(data);
            }
        }
    }).observe(step, { childList: true });
}

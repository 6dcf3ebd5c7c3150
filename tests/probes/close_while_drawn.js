// Shows a scene in another size and look, with a change, and closes the stage so many microtasks later.
async ([change, wait]) => {
    const main = document.querySelector("main");
    main.style.width = `${380 + wait}px`;
    main.style.colorScheme = wait % 2 ? "dark" : "light";
    const close = window.show({ ...window.scene, ...change });
    for (let k = 0; k < wait; k += 1) await null;
    close();
}

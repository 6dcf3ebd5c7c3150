// Shows data in another size and look, and ends the call so many microtasks later.
async ([data, wait]) => {
    const main = document.querySelector("main");
    main.style.width = `${380 + wait}px`;
    main.style.colorScheme = wait % 2 ? "dark" : "light";
    const end = window.component({ data, parentElement: main });
    for (let k = 0; k < wait; k += 1) await null;
    end();
}

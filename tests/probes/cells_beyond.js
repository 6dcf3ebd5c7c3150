// How many panels and cards reach beyond the window's right end.
() => [...document.querySelectorAll("[data-panel] [data-cells], .card")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth).length

// Shows data, then others, and ends the first call.
([data, others]) => {
    const parentElement = document.querySelector("main");
    const end = window.component({ data, parentElement });
    window.component({ data: others, parentElement });
    end();
}

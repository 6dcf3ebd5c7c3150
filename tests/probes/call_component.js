// Calls the page's component with data.
(data) => {
    window.component({ data, parentElement: document.querySelector("main") });
}

// Whether the stage's data are these.
(wanted) => {
    const root = document.querySelector("[data-stage]");
    return root && Object.entries(wanted).every(([name, value]) => root.dataset[name] === value);
}

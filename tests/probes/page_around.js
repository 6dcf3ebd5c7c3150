// What of the page a lecture must leave as it was.
() => {
    const stage = document.querySelector("[data-stage]");
    const main = document.querySelector("[data-testid=stMain]");
    const sidebar = document.querySelector("[data-testid=stSidebar]").getBoundingClientRect();
    const { x, y, width, height } = stage.getBoundingClientRect();
    return [main.scrollTop, main.scrollHeight, x, y, width, height, sidebar.width,
        document.activeElement.className, stage.className, stage.getAttribute("style") ?? "",
        getComputedStyle(document.querySelector("[data-testid=stSidebar]")).visibility];
}

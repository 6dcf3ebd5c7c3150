// Whether a test has left nothing in the page that a link would not undo.
(speed) => {
    const chosen = document.querySelector("[data-speed]")?.value ?? speed;
    const sidebar = document.querySelector("[data-testid=stSidebar]")?.getAttribute("aria-expanded");
    const over = document.querySelector("[role=dialog], .fills, [data-failed], [data-testid=stException]");
    return chosen === speed && sidebar === "true" && over === null;
}

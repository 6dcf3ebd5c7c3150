// Follows a link of the page without loading it anew, as the browser's back and forward buttons do.
// What the stage says of its painting must then be said again.
(link) => {
    delete document.querySelector("[data-stage]").dataset.at;
    history.pushState({}, "", `?${link}`);
    dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

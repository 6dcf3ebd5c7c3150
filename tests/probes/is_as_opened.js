// Whether a test has left nothing in the page that a link would not undo. In a narrow window
// Streamlit closes the sidebar, and opens it again in a wide one.
(speed) => {
    const chosen = document.querySelector("[data-speed]")?.value ?? speed;
    const sidebar = document.querySelector("[data-testid=stSidebar]")?.dataset.collapsed;
    const over = document.querySelector("[role=dialog], .fills, [data-failed], [data-testid=stException]");
    return chosen === speed && (sidebar === "false" || innerWidth < 800) && over === null;
}

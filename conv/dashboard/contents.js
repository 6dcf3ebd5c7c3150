// @ts-check
// The table of contents of the notebook: a link for each section, which a click follows in the page.

export default function contents({ data, parentElement, setTriggerValue }) {
    const list = document.createElement("ol");
    list.setAttribute("aria-label", data.label);
    for (const { section, title, corrects, href } of data.entries) {
        const link = document.createElement("a");
        link.href = href;
        link.dataset.section = section;
        link.textContent = title;
        if (section === data.at) link.setAttribute("aria-current", "page");
        link.addEventListener("click", (event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            setTriggerValue("pick", section);
        });
        const item = document.createElement("li");
        if (corrects) item.className = "corrects";
        item.append(link);
        list.append(item);
    }
    const nav = document.createElement("nav");
    nav.setAttribute("aria-label", data.label);
    nav.append(list);
    parentElement.querySelector("nav")?.remove();
    parentElement.append(nav);
}

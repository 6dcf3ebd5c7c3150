// Whether the stage keeps a key from the page.
(key) => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    document.querySelector("[data-stage]").dispatchEvent(event);
    return event.defaultPrevented;
}

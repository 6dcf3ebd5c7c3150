// @ts-check
// The style of a component, which lies beside its script on the server.

// Waits until the page has the style of the script at this address.
/** @type {(script: string) => Promise<unknown>} */
export function styled(script) {
    const address = script.replace(/\.js$/, ".css");
    const found = document.querySelector(`link[href="${address}"]`);
    const link = /** @type {HTMLLinkElement} */ (found ?? document.createElement("link"));
    const arrived = new Promise((resolve, reject) => {
        link.addEventListener("load", resolve);
        link.addEventListener("error", reject);
    });
    link.rel = "stylesheet";
    link.href = address;
    if (!found) document.head.append(link);
    return link.sheet ? Promise.resolve() : arrived;
}

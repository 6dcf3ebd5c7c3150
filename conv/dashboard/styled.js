// @ts-check
// The style of the components, which lies beside their script on the server.

// Waits until the page has the style of the script at this address.
/** @type {(script: string) => Promise<unknown>} */
export function styled(script) {
    const address = script.replace(/\.js$/, ".css");
    const found = document.querySelector(`link[href="${address}"]`);
    const link = /** @type {HTMLLinkElement} */ (found ?? document.createElement("link"));
    const arrived = new Promise((resolve, reject) => {
        link.addEventListener("load", resolve);
        link.addEventListener("error", () => {
            link.remove(); // the next call asks again
            reject(new Error(address));
        });
    });
    link.rel = "stylesheet";
    link.href = address;
    if (!found) document.head.append(link);
    return link.sheet ? Promise.resolve() : arrived;
}

// What the browser was sent of a resource, and how large that is.
(address) => {
    const [entry] = performance.getEntriesByName(address);
    return entry && { sent: entry.transferSize, size: entry.decodedBodySize };
}

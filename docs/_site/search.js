// A browser lets no page from disk read the index of the search.
if (location.protocol === "file:") {
  const search = document.querySelector("[data-md-component=search-query]");
  if (search) {
    search.placeholder = "Search needs a server: mkdocs serve";
    search.disabled = true;
  }
}

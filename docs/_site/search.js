// A page opened from disk can't read the search index, and the theme then hides the search.
if (location.protocol === "file:") {
  const note = document.createElement("span");
  note.textContent = "To search, serve the site: mkdocs serve";
  note.style.padding = "0 .6rem";
  document.querySelector(".md-header__inner").append(note);
}

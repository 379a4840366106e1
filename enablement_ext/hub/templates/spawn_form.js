// Search over cards and packages. Without it the page has everything, in the lists below each card.
(() => {
  const page = document.querySelector(".enablement");
  const find = page.querySelector(".find");
  if (!find) return;
  const box = find.querySelector("input");
  const found = find.querySelector("#enablement-found");
  const MOST = 5; // packages named on a card
  const cards = [...page.querySelectorAll("article.card-choice")].map((element) => ({
    element,
    text: [...element.querySelectorAll(".card-title, .card-text")].map((part) => part.textContent.toLowerCase()).join(" ") + " " + element.dataset.image,
    packages: [...element.querySelectorAll(".packages li")].map((item) => ({ item, name: item.firstChild.textContent.trim() })),
    said: element.querySelector("div[id]").appendChild(Object.assign(document.createElement("p"), { className: "found-packages", hidden: true })),
  }));
  const say = (card, matches) => {
    card.said.replaceChildren();
    card.said.hidden = matches.length === 0;
    matches.slice(0, MOST).forEach(({ item }, index) => {
      const mark = document.createElement("mark");
      mark.textContent = item.textContent;
      card.said.append(index === 0 ? "Has " : ", ", mark);
    });
    if (matches.length > MOST) card.said.append(` and ${matches.length - MOST} more`);
  };
  const search = () => {
    const wanted = box.value.trim().toLowerCase();
    let shown = 0;
    for (const card of cards) {
      const matches = wanted ? card.packages.filter(({ name }) => name.includes(wanted)) : [];
      const fits = !wanted || card.text.includes(wanted) || matches.length > 0;
      // What is chosen stays in sight: nobody starts what is hidden.
      card.element.hidden = !fits && !card.element.querySelector("input:checked");
      for (const { item, name } of card.packages) item.hidden = matches.length > 0 && !name.includes(wanted);
      say(card, matches);
      shown += fits ? 1 : 0;
    }
    const previews = page.querySelector("details.previews");
    if (previews && wanted) previews.open = !!previews.querySelector("article:not([hidden])");
    found.textContent = wanted ? `${shown} of ${cards.length} images` : "";
  };
  box.addEventListener("input", search);
  // Enter in the search box would start a server.
  box.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  find.hidden = false;
  search();
})();

// A filter for the rules. The report is whole without it: where scripts are not allowed, nothing is missing but the filter.
(function () {
  "use strict";
  var tools = document.getElementById("rules-tools");
  var rules = Array.prototype.slice.call(document.querySelectorAll("details.rule"));
  if (!tools || rules.length < 2) { return; }

  function make(name, text, attributes) {
    var element = document.createElement(name);
    element.textContent = text;
    Object.keys(attributes).forEach(function (key) { element.setAttribute(key, attributes[key]); });
    tools.appendChild(element);
    return element;
  }

  make("label", "Filter the failed rules by field, rule or value", { "for": "rules-filter" });
  var box = make("input", "", { id: "rules-filter", type: "search", autocomplete: "off" });
  var button = make("button", "Open all", { type: "button" });
  var shown = make("span", "", { role: "status", "class": "sub" });

  box.addEventListener("input", function () {
    var wanted = box.value.trim().toLowerCase();
    var left = 0;
    rules.forEach(function (rule) {
      rule.hidden = wanted !== "" && rule.textContent.toLowerCase().indexOf(wanted) < 0;
      left += rule.hidden ? 0 : 1;
    });
    shown.textContent = wanted === "" ? "" : left + " of " + rules.length + " rules";
  });
  button.addEventListener("click", function () {
    var open = button.textContent === "Open all";
    rules.forEach(function (rule) { rule.open = open; });
    button.textContent = open ? "Close all" : "Open all";
  });
  // Older browsers do not open what a link leads into.
  window.addEventListener("hashchange", function () {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var fold = target && target.closest("details");
    if (fold && !fold.open) { fold.open = true; target.scrollIntoView(); }
  });
  tools.hidden = false;
})();

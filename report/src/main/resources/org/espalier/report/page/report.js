"use strict";
EspalierCharts.themeButton(document.querySelector(".theme"));
EspalierCharts.start(JSON.parse(document.getElementById("data").textContent));
document.documentElement.dataset.ready = "yes";

import { killEverywhere } from "./kills.js";

killEverywhere("off");

import { beRelayed } from "./relayed.ts";

beRelayed();

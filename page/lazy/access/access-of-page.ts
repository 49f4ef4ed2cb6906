import { readStored } from "../../../client/stored-frames.ts";
import type { HistoryFetcher } from "../../data/history/history-fetcher.ts";
import { sessionKeyOf } from "../../layout/session-key.ts";
import type { Context } from "../module.ts";
import { askWhyRefused } from "../why-refused.ts";
import type { AccessEnvironment } from "./access-environment.ts";
import { accessView } from "./access-view.ts";
import { hearOtherPages, keepKey, tellForgotten } from "./other-pages.ts";
import { PageAccess } from "./page-access.ts";
import { sessionRequests } from "./session-requests.ts";

let access: PageAccess | undefined;
let history: HistoryFetcher | undefined;

/** The access of this page. From the first call on it hears of the other pages of this browser. */
export function accessOf(context: Context): PageAccess {
  access ??= begun(context);
  return access;
}

function begun(context: Context): PageAccess {
  const made = new PageAccess(environmentOf(context, (text) => made.enter(text)));
  hearOtherPages(context.channel, {
    renewed: () => void made.renewedElsewhere(),
    forgotten: () => made.forgottenElsewhere(),
  });
  return made;
}

/** What could not be read for lack of a right is asked of this one again. */
export function readsBy(fetcher: HistoryFetcher): HistoryFetcher {
  history = fetcher;
  return fetcher;
}

function environmentOf(context: Context, enter: (text: string) => Promise<string | undefined>): AccessEnvironment {
  const { channel, channelUrl, viewer } = context;
  return {
    channelUrl,
    connection: {
      get token() {
        return viewer.token;
      },
      set token(token) {
        viewer.token = token;
      },
      get wasLive() {
        return viewer.cursor !== undefined;
      },
      get isLive() {
        return viewer.state.phase === "live" || viewer.state.phase === "probing";
      },
      renew: (token) => viewer.renew(token),
      reopen() {
        // What is shown is a file's: the channel was left.
        if (context.isFile) return;
        viewer.close();
        viewer.open();
      },
      close: () => viewer.close(),
    },
    requests: sessionRequests(channelUrl),
    whyRefused: (headers) => askWhyRefused(channelUrl, headers),
    read: (query, signal, headers) => readStored(channelUrl, query, signal, headers),
    view: accessView(context, enter),
    sessionKey: {
      get: () => sessionKeyOf(channel),
      set(key) {
        // In a frame the cookie may be kept back, and not be gone: pages beside it have both.
        if (key !== undefined || window === top) keepKey(channel, key);
      },
    },
    tellForgotten: () => tellForgotten(channel),
    get hasTokenInTiming() {
      return performance.getEntriesByType("navigation").some(({ name }) => /[#&]token=/.test(name));
    },
    linkFault: linkFaultOf(channel),
    pause: (ms) => new Promise((done) => setTimeout(done, ms)),
    random: Math.random,
    reload: () => location.reload(),
    readAgain: () => history?.clear(),
  };
}

/** In sessionStorage, which is of one tab. */
function linkFaultOf(channel: string): AccessEnvironment["linkFault"] {
  const name = `plotcast:${channel} link`;
  return {
    get() {
      try {
        return sessionStorage.getItem(name) ?? undefined;
      } catch {
        return undefined;
      }
    },
    set(text) {
      try {
        if (text === undefined) sessionStorage.removeItem(name);
        else sessionStorage.setItem(name, text);
      } catch {
        // Then it is not said.
      }
    },
  };
}

export const HELP = `
The token for publishing comes from PUBLISH_TOKEN in the environment, or from the file that PUBLISH_TOKEN_FILE
names, never from a flag.

Examples:
  plotcast
      publishers on this machine connect to port 5000; the channel is http://localhost:8787/c/main
  plotcast --to https://plots.example.org/c/lab/motor --bind "tcp://*:5556"
      another channel, another port, open to the network by IPv4 and IPv6: whoever reaches it can publish, unless
      there are keys (docs/CONFIG.md: Who can connect)
  plotcast --connect tcp://192.168.1.20:5556 --topic temp --topic hum
      the publisher binds; only topics that begin with temp or hum
  plotcast --connect tcp://sdr.local:5555 --preset gnuradio --format f32@48k --max-rate 2000
      a flowgraph's floats, 48,000 a second, thinned so that peaks survive
  plotcast --sequence-field seq --expect-every 1s
      messages are like {"seq": 17, "y": 1.5}: a number left out is shown as a gap of that size; more than
      three seconds without a message are reported, and connections opened anew
  plotcast --metrics 9464
      counters for Prometheus at http://127.0.0.1:9464/metrics, and /healthz
  plotcast --config plotcast.toml
      several sources, each with its own format, mapping and channel: docs/CONFIG.md
  plotcast inspect --connect tcp://192.168.1.20:5556
      what comes in, what it is taken for, and the series it would make, without sending anything
  plotcast watch http://localhost:8787/c/main
      a channel live in the terminal
  plotcast get http://localhost:8787/c/main --from -5m > last.csv
      what a channel has stored, as CSV; --wide has a column for each series

In a clone of the repository, \`npm run bridge -- …\` is \`plotcast …\`.

What is undelivered outlives the bridge in the spool: by default a file of the channel's own in .plotcast/ of the
working directory (--spool none: in memory alone). Two bridges cannot have the same.

Exit codes:
  0  ended as told        1  something failed     2  wrong usage, or no PUBLISH_TOKEN
     (the spool is another bridge's, or holds points for another channel: 1)
  3  ended with points undelivered                4  an address cannot be used (ZeroMQ, metrics)
`;

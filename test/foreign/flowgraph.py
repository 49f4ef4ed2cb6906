"""GNU Radio's own publisher: a sawtooth through zeromq's PUB sink. Arguments: address to bind, with tags or not."""
import sys
import time

from gnuradio import analog, blocks, gr, zeromq

RATE = 8000

flowgraph = gr.top_block()
source = analog.sig_source_f(RATE, analog.GR_SAW_WAVE, 2, 1)
throttle = blocks.throttle(gr.sizeof_float, RATE)
sink = zeromq.pub_sink(gr.sizeof_float, 1, sys.argv[1], 100, sys.argv[2] == "tags", -1)
flowgraph.connect(source, throttle, sink)

flowgraph.start()
print("publishing", flush=True)
time.sleep(60)

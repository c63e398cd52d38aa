module cubec.io/ci/cluster/redis

go 1.26.3

require github.com/alicebob/miniredis/v2 v2.38.0

require github.com/yuin/gopher-lua v1.1.1 // indirect

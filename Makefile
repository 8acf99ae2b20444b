# What there is to do. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help run demo test check bench fmt lint site wasm setup
MAKEFLAGS += --no-print-directory

SITE := target/site

help: ## Say what there is to do
	@sed -n 's/^\([a-z0-9]*\):.*## /\1|/p' Makefile | sort | awk -F'|' '{ printf "make %-8s %s\n", $$1, $$2 }'

run: site ## Build what changed and serve on http://127.0.0.1:7400 (first time: several minutes, then seconds)
	@cargo build --locked --bin suoja
	@exec target/debug/suoja serve

demo: site ## The same with 200 made-up cases, in folders of their own
	@cargo build --locked --bin suoja
	@exec target/debug/suoja demo

test: ## Everything that can be shown to work: lints, licences, both databases, a real browser
	@scripts/test.sh

check: ## Does everything compile? The quickest answer
	@cargo check --locked --all-targets

bench: site ## Measure, print tables, write target/bench.jsonl
	@scripts/bench.sh

fmt: ## Format everything
	@cargo fmt --all

lint: ## Clippy, warnings as errors
	@scripts/lint.sh

wasm: setup $(SITE)/pkg/app_bg.wasm $(SITE)/pkg/hashing.wasm $(SITE)/pkg/hashing-simd.wasm ## The islands and the hashing module

site: setup $(SITE)/.complete ## Style, scripts and wasm, compressed, in target/site

setup:
	@scripts/setup.sh

# The islands: everything the hydrating half of app is made of.
APP_SOURCES := Cargo.toml Cargo.lock app/Cargo.toml $(shell find app/src/islands app/src/lib.rs tools/bindings/src -type f)
$(SITE)/pkg/app_bg.wasm: $(APP_SOURCES)
	@echo 'site: islands (cold: 3 to 5 minutes)'
	@mkdir -p $(SITE)/pkg
	@wasm=$$(scripts/wasm.sh app --features hydrate) && cargo run --quiet --locked --package bindings -- $$wasm target/islands app
	@tools/node_modules/.bin/wasm-opt -Oz --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext \
		--enable-mutable-globals --enable-reference-types --enable-multivalue target/islands/app_bg.wasm -o target/islands/app_small.wasm
	@cp target/islands/app.js $(SITE)/pkg/app.js
	@cp target/islands/app_small.wasm $@

# The hashing module, twice: the page takes the one with SIMD wherever a browser knows it.
$(SITE)/pkg/hashing-simd.wasm: WASM_FEATURES := +simd128
$(SITE)/pkg/hashing.wasm: WASM_FEATURES :=
$(SITE)/pkg/hashing.wasm: OPTIONS :=
$(SITE)/pkg/hashing-simd.wasm: OPTIONS := --enable-simd
$(SITE)/pkg/hashing.wasm $(SITE)/pkg/hashing-simd.wasm: Cargo.toml Cargo.lock hashing/Cargo.toml scripts/wasm.sh $(shell find hashing/src -type f)
	@echo 'site: hashing module$(if $(WASM_FEATURES), with SIMD)'
	@mkdir -p $(SITE)/pkg
	@wasm=$$(WASM_FEATURES=$(WASM_FEATURES) scripts/wasm.sh hashing) && tools/node_modules/.bin/wasm-opt -O3 --enable-bulk-memory \
		--enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals --enable-reference-types \
		--enable-multivalue $(OPTIONS) $$wasm -o $@

target/video.js: hashing/video/watch.mjs hashing/video/package-lock.json
	@echo 'site: taking videos apart'
	@tools/node_modules/.bin/esbuild $< --bundle --minify --format=iife --log-level=warning --legal-comments=eof --outfile=$@

$(SITE)/style.css: $(shell find style -type f)
	@echo 'site: style'
	@mkdir -p $(SITE)
	@tools/node_modules/.bin/lightningcss --bundle --minify --targets 'defaults and fully supports es6-module' style/main.css -o $@

$(SITE)/.complete: $(SITE)/pkg/app_bg.wasm $(SITE)/pkg/hashing.wasm $(SITE)/pkg/hashing-simd.wasm $(SITE)/style.css target/video.js scripts/compress.mjs $(shell find public -type f)
	@cp -R public/. $(SITE)/
	@cat target/video.js public/hash-worker.js > $(SITE)/hash-worker.js
	@node scripts/compress.mjs $(SITE)
	@touch $@

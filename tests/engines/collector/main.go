// Command collector runs a configuration of the OpenTelemetry collector, which it reads from standard input, on files, with the
// collector's own receiver and processor, and prints each record that comes out as a line of JSON.
//
//	collector GLOB < CONFIG
//
// GLOB goes where the configuration says which files the receiver reads; it reads them from their beginning.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/filelogreceiver"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/receiver"
)

// quiet is how long nothing comes before the files count as read.
const quiet = 3 * time.Second

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: collector GLOB < CONFIG")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(glob string, config io.Reader, out io.Writer) error {
	text, err := io.ReadAll(config)
	if err != nil {
		return err
	}
	retrieved, err := confmap.NewRetrievedFromYAML(text)
	if err != nil {
		return err
	}
	conf, err := retrieved.AsConf()
	if err != nil {
		return err
	}
	ctx := context.Background()
	printer := &printer{to: json.NewEncoder(out), last: time.Now()}
	transform, err := processorOf(ctx, conf, printer)
	if err != nil {
		return fmt.Errorf("transform: %w", err)
	}
	files, err := receiverOf(ctx, conf, glob, transform)
	if err != nil {
		return fmt.Errorf("file_log: %w", err)
	}
	for _, part := range []component.Component{transform, files} {
		if err := part.Start(ctx, componenttest.NewNopHost()); err != nil {
			return err
		}
	}
	for printer.since() < quiet {
		time.Sleep(quiet / 10)
	}
	if err := files.Shutdown(ctx); err != nil {
		return err
	}
	return transform.Shutdown(ctx)
}

func receiverOf(ctx context.Context, conf *confmap.Conf, glob string, next consumer.Logs) (receiver.Logs, error) {
	factory := filelogreceiver.NewFactory()
	config, err := part(conf, "receivers::file_log", factory, map[string]any{"include": []any{glob}, "start_at": "beginning"})
	if err != nil {
		return nil, err
	}
	settings := receiver.Settings{ID: component.NewID(factory.Type()), TelemetrySettings: componenttest.NewNopTelemetrySettings()}
	return factory.CreateLogs(ctx, settings, config, next)
}

func processorOf(ctx context.Context, conf *confmap.Conf, next consumer.Logs) (processor.Logs, error) {
	factory := transformprocessor.NewFactory()
	config, err := part(conf, "processors::transform", factory, nil)
	if err != nil {
		return nil, err
	}
	settings := processor.Settings{ID: component.NewID(factory.Type()), TelemetrySettings: componenttest.NewNopTelemetrySettings()}
	return factory.CreateLogs(ctx, settings, config, next)
}

// part is one component's configuration as the collector reads it, with some keys of our own, validated.
func part(conf *confmap.Conf, at string, factory component.Factory, own map[string]any) (component.Config, error) {
	of, err := conf.Sub(at)
	if err != nil {
		return nil, err
	}
	if err := of.Merge(confmap.NewFromStringMap(own)); err != nil {
		return nil, err
	}
	config := factory.CreateDefaultConfig()
	if err := of.Unmarshal(config); err != nil {
		return nil, err
	}
	if checked, ok := config.(interface{ Validate() error }); ok {
		return config, checked.Validate()
	}
	return config, nil
}

type printer struct {
	mutex sync.Mutex
	to    *json.Encoder
	last  time.Time
}

func (*printer) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

func (p *printer) ConsumeLogs(_ context.Context, logs plog.Logs) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.last = time.Now()
	for _, resource := range logs.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				line := map[string]any{
					"body":       record.Body().AsRaw(),
					"attributes": record.Attributes().AsRaw(),
					"nanos":      record.Timestamp(),
					"severity":   record.SeverityNumber().String(),
					"traceID":    record.TraceID().String(),
				}
				if err := p.to.Encode(line); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (p *printer) since() time.Duration {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return time.Since(p.last)
}

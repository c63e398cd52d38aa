package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// companion is a second binary beside this one that decodes what this one cannot: types which need other versions of the same
// modules. It is started when the first such document comes, and ends with this process, which closes its input.
type companion struct {
	name    string
	asked   io.Writer
	answers *bufio.Reader
}

// decode asks the companion about one document.
func (c *companion) decode(document []byte) error {
	if c.asked == nil {
		if err := c.start(); err != nil {
			return fmt.Errorf("%s cannot be started: %w", c.name, err)
		}
	}
	var line bytes.Buffer
	if err := json.Compact(&line, document); err != nil {
		return err
	}
	line.WriteByte('\n')
	if _, err := c.asked.Write(line.Bytes()); err != nil {
		return fmt.Errorf("%s does not listen: %w", c.name, err)
	}
	answer, err := c.answers.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("%s does not answer: %w", c.name, err)
	}
	var said string
	if err := json.Unmarshal(answer, &said); err != nil {
		return err
	}
	if said != "" {
		return errors.New(said)
	}
	return nil
}

func (c *companion) start() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	process := exec.Command(filepath.Join(filepath.Dir(self), c.name))
	process.Stderr = os.Stderr
	input, err := process.StdinPipe()
	if err != nil {
		return err
	}
	output, err := process.StdoutPipe()
	if err != nil {
		return err
	}
	if err := process.Start(); err != nil {
		return err
	}
	c.asked, c.answers = input, bufio.NewReader(output)
	return nil
}

//! How problems come and go: a lane takes one, goes through its pieces and marks, and hands it back.

use super::crew::Crew;
use super::{Client, End, Ending};
use crate::equations::LaneEquations;
use crate::solve::tolerance::power_of_two;

impl<E: LaneEquations<W>, C: Client, const W: usize> Crew<'_, E, C, W> {
    /// Gives lane `w` its next problem.
    pub(super) fn take(&mut self, w: usize) {
        let lane = &mut self.lanes[w];
        let Some(id) = self.client.next(&mut lane.job) else {
            self.dry = true;
            return;
        };
        lane.id = id;
        self.active |= 1 << w;
        self.block.longest[w] = lane.job.max_step;
        self.block.accepted[w] = 0.0;
        self.block.attempts[w] = 0.0;
        lane.fresh = true;
        lane.mark = 0;
        lane.piece = 0;
        lane.landing = None;
        lane.landed = 0.0;
        lane.touched.clear();
        lane.turned = None;
        lane.fired.clear();
        lane.first.clear();
        lane.first.resize(self.setup.events.len(), f64::NAN);
        lane.count.clear();
        lane.count.resize(self.setup.events.len(), 0);
        lane.inside.clear();
        lane.inside.resize(self.setup.events.len(), f64::NAN);
        lane.crowd = 0;
        lane.crowd_since = f64::NEG_INFINITY;
        lane.landings = 0;
        lane.landings_since = f64::NEG_INFINITY;
        for (row, y) in self.block.y.iter_mut().zip(&lane.job.y) {
            row[w] = *y;
        }
        for (row, p) in self.block.p.iter_mut().zip(&lane.job.p) {
            row[w] = *p;
        }
        for (row, scale) in self.block.floor.iter_mut().zip(&lane.job.scales) {
            row[w] = self.setup.atol * power_of_two(*scale);
        }
        for side in &mut self.block.side {
            side[w] = 0.0;
        }
        self.gather.clear(w, &self.setup.extrema);
        self.enter_piece(w);
    }

    /// Sets the inputs of the present piece of lane `w`; pieces of no length change nothing.
    fn enter_piece(&mut self, w: usize) {
        let lane = &mut self.lanes[w];
        let pieces = &lane.job.pieces;
        loop {
            let piece = &pieces[lane.piece];
            for &(slot, value) in &piece.set {
                self.block.p[slot][w] = value;
            }
            if piece.end > piece.start || lane.piece + 1 == pieces.len() {
                self.block.origin[w] = piece.start;
                break;
            }
            lane.piece += 1;
        }
        self.block.clock[w] = 0.0;
        self.wait(w);
        self.block.in_a_row[w] = 0.0;
        self.unbound = true;
    }

    /// Where the present leg of lane `w` ends: at the end of its piece or at the next mark.
    pub(super) fn set_end(&mut self, w: usize) {
        let lane = &self.lanes[w];
        let piece = &lane.job.pieces[lane.piece];
        let end = piece.end - piece.start;
        let mark = lane.job.marks.get(lane.mark).map(|t| t - piece.start);
        self.block.until[w] = mark.filter(|mark| *mark < end).unwrap_or(end);
    }

    /// The time of lane `w`, on its clock [s].
    pub(super) fn time(&self, w: usize) -> f64 {
        let piece = &self.lanes[w].job.pieces[self.lanes[w].piece];
        let clock = self.block.clock[w];
        if clock >= piece.end - piece.start {
            piece.end
        } else {
            piece.start + clock
        }
    }

    /// The leg of lane `w` has reached its end.
    pub(super) fn finish_leg(&mut self, w: usize) {
        let lane = &self.lanes[w];
        let piece = &lane.job.pieces[lane.piece];
        let through = self.block.clock[w] >= piece.end - piece.start;
        if !through {
            self.show_mark(w);
            return self.set_end(w);
        }
        if lane.piece + 1 == lane.job.pieces.len() {
            while self.lanes[w].mark < self.lanes[w].job.marks.len() {
                self.show_mark(w);
            }
            return self.end(w, Ending::Reached);
        }
        self.lanes[w].piece += 1;
        self.enter_piece(w);
    }

    /// Shows the client the state of lane `w` at its next mark, and at all marks of the same time.
    pub(super) fn show_mark(&mut self, w: usize) {
        let t = self.time(w);
        self.show_marks_until(w, t.max(self.block.origin[w] + self.block.clock[w]));
        // Rounding may have put the end of the leg before the mark that it is for.
        let lane = &mut self.lanes[w];
        if let Some(due) = lane.job.marks.get(lane.mark)
            && *due - t <= 8.0 * f64::EPSILON * t.abs()
        {
            self.client.mark(lane.id, lane.mark, *due, &self.y, &self.p);
            lane.mark += 1;
        }
    }

    /// Shows the client the state of lane `w` for all marks that are due by a time.
    pub(super) fn show_marks_until(&mut self, w: usize, t: f64) {
        self.copy_out(w);
        let lane = &mut self.lanes[w];
        while let Some(due) = lane.job.marks.get(lane.mark)
            && *due <= t
        {
            self.client.mark(lane.id, lane.mark, *due, &self.y, &self.p);
            lane.mark += 1;
        }
    }

    /// Hands the problem of lane `w` back.
    pub(super) fn end(&mut self, w: usize, ending: Ending) {
        self.copy_out(w);
        let t = self.time(w);
        let best = self.gather.value.iter().zip(&self.gather.time);
        for (out, (value, time)) in self.extrema.iter_mut().zip(best) {
            *out = (value[w], time[w]);
        }
        let lane = &mut self.lanes[w];
        lane.landing = None;
        self.block.active[w] = 0.0;
        self.block.lands[w] = 0.0;
        for lanes in [&mut self.active, &mut self.starts, &mut self.lands] {
            *lanes &= !(1 << w);
        }
        let (accepted, attempts) = (self.block.accepted[w], self.block.attempts[w]);
        self.client.done(
            lane.id,
            &End {
                ending,
                t,
                y: &self.y,
                p: &self.p,
                extrema: &self.extrema,
                first: &lane.first,
                count: &lane.count,
                accepted: accepted as u64,
                rejected: (attempts - accepted) as u64,
            },
        );
    }

    /// State and parameters of lane `w` in a row.
    pub(super) fn copy_out(&mut self, w: usize) {
        for (y, row) in self.y.iter_mut().zip(&self.block.y) {
            *y = row[w];
        }
        for (p, row) in self.p.iter_mut().zip(&self.block.p) {
            *p = row[w];
        }
    }

    /// The opposite.
    pub(super) fn copy_in(&mut self, w: usize) {
        for (y, row) in self.y.iter().zip(&mut self.block.y) {
            row[w] = *y;
        }
        for (p, row) in self.p.iter().zip(&mut self.block.p) {
            row[w] = *p;
        }
    }
}
